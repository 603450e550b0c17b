#!/usr/bin/env python3
"""Writes models with transformers, huggingface_hub, peft and accelerate: write_models.py KIND DIRECTORY STEP."""
import os
import sys

import torch
import transformers

from weights import train_model


def llama(step, dtype=torch.float32, **changes):
    """A model of 11 million parameters, made from its configuration."""
    torch.manual_seed(1)
    settings = {"vocab_size": 8000, "hidden_size": 256, "intermediate_size": 768, "num_hidden_layers": 4,
                "num_attention_heads": 4, "num_key_value_heads": 2, **changes}
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**settings)).to(dtype)
    train_model(model, step)
    return model


def pretrained(directory, step):
    llama(step).save_pretrained(directory)


def pretrained_tied(directory, step):
    llama(step, torch.bfloat16, tie_word_embeddings=True).save_pretrained(directory)


def pretrained_sharded(directory, step, size="12MB"):
    llama(step).save_pretrained(directory, max_shard_size=size)


def resharded(directory, step):
    """The same weights in two shards, then in four."""
    pretrained_sharded(directory, 0, "16MB" if step == 0 else "7MB")


def sharded_bin(directory, step, size="16MB"):
    from huggingface_hub import save_torch_state_dict

    save_torch_state_dict(llama(step).state_dict(), directory, max_shard_size=size, safe_serialization=False)


def resharded_bin(directory, step):
    sharded_bin(directory, 0, "16MB" if step == 0 else "7MB")


def adapter(directory, step, **options):
    from peft import LoraConfig, get_peft_model

    model = llama(0)
    torch.manual_seed(2)
    settings = LoraConfig(r=16, target_modules=["q_proj", "v_proj", "up_proj"], modules_to_save=["lm_head"])
    model = get_peft_model(model, settings)
    train_model(model, step)
    model.save_pretrained(directory, **options)


def adapter_bin(directory, step):
    adapter(directory, step, safe_serialization=False)


class Tokens(torch.utils.data.Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        tokens = (torch.arange(16) * 31 + index * 7) % 8000
        return {"input_ids": tokens, "labels": tokens}


def trainer(directory, step):
    """What transformers' Trainer leaves when the head alone is trained, at two steps of one run."""
    model = llama(0)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("layers.3" in name)
    settings = transformers.TrainingArguments(
        output_dir=f"{directory}.run", max_steps=2 + 2 * step, save_steps=2, per_device_train_batch_size=2,
        learning_rate=1e-5, lr_scheduler_type="constant", report_to=[], use_cpu=True, seed=3, logging_steps=1,
        disable_tqdm=True)
    transformers.Trainer(model=model, args=settings, train_dataset=Tokens()).train()
    os.rename(f"{directory}.run/checkpoint-{2 + 2 * step}", directory)


def accelerate_state(directory, step):
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=True)
    model = llama(step)
    model.requires_grad_(False)
    model.model.norm.requires_grad_(True)
    optimizer = torch.optim.AdamW(model.model.norm.parameters(), lr=1e-5)
    scheduler = torch.optim.lr_scheduler.ConstantLR(optimizer)
    model, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    tokens = torch.arange(16)[None]
    accelerator.backward(model(input_ids=tokens, labels=tokens).loss)
    optimizer.step()
    accelerator.save_state(directory)


def main():
    kind, directory, step = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if kind != "trainer":
        os.makedirs(directory, exist_ok=True)
    globals()[kind](directory, step)


if __name__ == "__main__":
    main()
