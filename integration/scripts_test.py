#!/usr/bin/env python3
"""Tests of the scripts beside and of the proxy: scripts_test.py. Those that need numpy are skipped without it."""
import sys

sys.dont_write_bytecode = True

import filecmp
import http.client
import http.server
import json
import math
import os
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile
from array import array

import bench_measure
import simulated_update
from checkpoint_tensors import main_dtype, tensors_of
from safetensors_header import BadCheckpoint, read_header
from wordpiece import WordPiece

HERE = os.path.dirname(os.path.abspath(__file__))
TORCH_FILES = os.path.join(HERE, "../Tests/ModmetaFormatsTests/Fixtures/pytorch")
HAS_NUMPY = subprocess.run([sys.executable, "-c", "import numpy"], capture_output=True).returncode == 0


def bfloat16(number):
    return struct.pack("<f", number)[2:]


class InDirectory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def checkpoint(self, name, tensors, tail=b""):
        """Writes `tensors`, name -> (dtype, shape, bytes)."""
        entries, end = {}, 0
        for key, (dtype, shape, raw) in tensors.items():
            entries[key] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(raw)]}
            end += len(raw)
        header = json.dumps(entries).encode()
        with open(self.path(name), "wb") as file:
            file.write(struct.pack("<Q", len(header)) + header + b"".join(raw for _, _, raw in tensors.values()) + tail)
        return self.path(name)

    def script(self, name, *arguments):
        return subprocess.run([sys.executable, os.path.join(HERE, name), *arguments], capture_output=True, text=True)


class HeaderTests(InDirectory):
    def test_tensors_come_in_the_order_of_their_bytes(self):
        tensors = {"z": ("F16", [2, 2], bytes(8)), "b": ("BF16", [1], bytes(2)), "e": ("F32", [0], b"")}
        path = self.checkpoint("a", tensors)
        tensors, start = read_header(path)
        self.assertEqual([each.name for each in tensors], ["z", "b", "e"])
        self.assertEqual((tensors[0].begin, tensors[0].end), (start, start + 8))
        self.assertEqual(main_dtype(path), "F16")

    def test_storages_of_a_torch_file_are_found_where_their_bytes_are(self):
        path = os.path.join(TORCH_FILES, "training.pt")
        with zipfile.ZipFile(path) as archive:
            stored = {each.rsplit("/", 1)[1]: archive.read(each) for each in archive.namelist() if "/data/" in each}
        with open(path, "rb") as file:
            content = file.read()
        tensors, start = tensors_of(path)
        self.assertEqual({each.name: content[each.begin : each.end] for each in tensors}, stored)
        self.assertEqual(start, min(each.begin for each in tensors))
        self.assertEqual(main_dtype(os.path.join(TORCH_FILES, "state-dict.pt")), "F32")
        hostile = tensors_of(os.path.join(TORCH_FILES, "imports-os-system.pt"))[0]
        self.assertEqual(len(hostile), 1)
        with open(self.path("cut.pt"), "wb") as file:
            file.write(content[:-30])
        with self.assertRaisesRegex(BadCheckpoint, "cut.pt is no file of torch.save"):
            tensors_of(self.path("cut.pt"))

    def test_bad_files_are_named_in_a_sentence(self):
        cases = {
            "short": b"1234",
            "long header": struct.pack("<Q", 1 << 60) + b"{}",
            "no json": struct.pack("<Q", 3) + b"{a}",
            "not an object": struct.pack("<Q", 2) + b"[]",
            "outside": b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
            "size": b'{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}....',
            "dtype": b'{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}....',
            "overlap": b'{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},'
            b'"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}....',
        }
        for name, content in cases.items():
            if content.startswith(b'{"a"'):
                content = struct.pack("<Q", content.rindex(b"}") + 1) + content
            with open(self.path(name), "wb") as file:
                file.write(content)
            with self.subTest(name), self.assertRaisesRegex(BadCheckpoint, f"{name}.*\\.$"):
                read_header(self.path(name))


class SimulatedUpdateTests(InDirectory):
    def test_only_the_numbers_move_and_by_the_usual_size(self):
        weights = array("f", [0.25] * 4096)
        halves = struct.pack("<4096e", *([0.001] * 4096))
        integers = bytes(range(16))
        tensors = {"i": ("I64", [2], integers), "w": ("F32", [64, 64], weights.tobytes()), "h": ("F16", [4096], halves)}
        old, new = self.checkpoint("old", tensors, tail=b"tail"), self.path("new")
        simulated_update.simulate(old, new)
        with open(old, "rb") as file, open(new, "rb") as other:
            before, after = file.read(), other.read()
        each_i, each_w, each_h = read_header(old)[0]
        self.assertEqual(before[: each_w.begin], after[: each_w.begin])
        self.assertEqual(after[each_h.end :], b"tail")
        moves = [value - 0.25 for value in array("f", after[each_w.begin : each_w.end])]
        size = math.sqrt(sum(move * move for move in moves) / len(moves))
        expected = simulated_update.LEARNING_RATE * math.sqrt(simulated_update.STEPS)
        self.assertAlmostEqual(size / expected, 1, delta=0.1)
        self.assertGreater(len(set(moves)), 2000)
        self.assertNotEqual(after[each_h.begin : each_h.end], halves)

    def test_bfloat16_rounds_to_nearest_even_and_keeps_what_is_not_finite(self):
        words = {0x3F808000: 0x3F80, 0x3F818000: 0x3F82, 0x3F808001: 0x3F81, 0x7F800000: 0x7F80, 0xFFC00000: 0xFFC0,
                 0xFFFFFFFF: 0xFFFF, 0x7F7FFFFF: 0x7F80, 0x80000000: 0x8000}
        values = array("f", struct.pack(f"<{len(words)}I", *words))
        self.assertEqual(simulated_update.encode_bf16(values), struct.pack(f"<{len(words)}H", *words.values()))
        self.assertEqual(list(simulated_update.decode_bf16(bfloat16(-1.5))), [-1.5])

    def test_a_checkpoint_without_numbers_is_refused(self):
        path = self.checkpoint("q", {"q": ("U8", [4], b"1234")})
        run = self.script("demo_checkpoints.py", self.path("out"), path)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, "holds no F32, F16 or BF16 tensor")


class SymbolsTests(InDirectory):
    """check-symbols.py, in a repository with one source file and one page."""

    SOURCE = """
        // Rock is only spoken of.
        public struct Crate: Sendable {
            enum Lid { case open, closed(by: Int) }
            static func packed(_ item: Int) -> Crate { Crate() }
        }
        """

    def problems(self, page):
        os.makedirs(self.path("Sources/Cargo/Boxes"), exist_ok=True)
        for name, text in (("Sources/Cargo/Boxes/Crate+Lids.swift", self.SOURCE), ("page.md", page)):
            with open(self.path(name), "w") as file:
                file.write(text)
        subprocess.run(["git", "init", "-q", self.directory], check=True)
        run = self.script("check-symbols.py", self.directory)
        lines = run.stdout.splitlines()
        self.assertEqual(run.returncode, 1 if lines else 0, run.stderr)
        return [line.split(": ", 1)[1] for line in lines]

    def test_symbols_files_and_folders_that_exist_pass(self):
        self.assertEqual(self.problems("`Crate`, `Crate.packed(_:)`, `Crate.Lid`, `Lid.closed`, `Cargo`\n"), [])
        self.assertEqual(self.problems("`Crate+Lids`, `Crate+Lids.swift`, `Boxes/`, `Sources/Cargo`\n"), [])

    def test_what_is_no_symbol_passes(self):
        self.assertEqual(self.problems("Rock, `git gc`, `rock`, `BF16`, `GH008`, `rock.size`, `Authorization`\n"), [])
        self.assertEqual(self.problems("```\n`Rock`\n```\n"), [])

    def test_each_name_that_does_not_exist_is_told_with_its_line(self):
        for name in ("Rock", "Crate.empty", "Rock.packed", "Crate+Rocks", "Rock.swift", "Rocks/", "Sources/Rocks"):
            found = self.problems(f"One\n```\ntwo\n```\n`{name}`\n")
            self.assertEqual(len(found), 1, name)
            self.assertTrue(found[0].startswith(f"`{name}`"), found)
        self.assertIn("page.md:5:", self.script("check-symbols.py", self.directory).stdout)


class WordPieceTests(unittest.TestCase):
    def test_the_longest_known_pieces_win(self):
        tokenizer = WordPiece(["[UNK]", "check", "##point", "##s", "check" + "er", "_", ".", "cafe", "##p"])
        self.assertEqual(tokenizer.tokens("Checkpoints_checker."), [1, 2, 3, 5, 4, 6])
        self.assertEqual(tokenizer.tokens("Café  checkx"), [7, 0])


class MeasureTests(unittest.TestCase):
    def run_shell(self, command, limit=10):
        return bench_measure.measure(["sh", "-c", command], dict(os.environ), limit=limit)

    def test_the_memory_of_all_processes_counts(self):
        eat = f"{sys.executable} -c 'import time; kept = bytearray(80_000_000); time.sleep(1)'"
        self.assertGreater(self.run_shell(f"{eat} & {eat}; wait").memory, 160_000_000)

    def test_a_failure_says_why(self):
        self.assertEqual(self.run_shell("echo no '|' disk >&2; exit 4").failure, "failed (4): no / disk")

    def test_a_command_and_its_children_end_at_the_limit(self):
        run = self.run_shell("sleep 30 & sleep 30; wait", limit=1)
        self.assertEqual(run.failure, "stopped after 1 s")
        self.assertLess(run.seconds, 10)


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was sent, or with 100,000 bytes."""

    protocol_version = "HTTP/1.1"
    content = bytes(range(250)) * 400

    def do_PUT(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        self.answer(self.content)

    def answer(self, body):
        self.server.seen.append(body)
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class ProxyTests(InDirectory):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        self.server.seen, self.server.daemon_threads = [], True
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    def proxy(self, *options):
        """Starts a proxy in front of the server, and returns its port."""
        ready = self.path(f"ready{len(os.listdir(self.directory))}")
        target = f"127.0.0.1:{self.server.server_address[1]}"
        process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "server/proxy.py"), target, "--ready", ready, *options])
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        end = time.monotonic() + 20
        while not os.path.exists(ready):
            self.assertLess(time.monotonic(), end, "the proxy does not start")
            time.sleep(0.01)
        with open(ready) as file:
            return int(file.read())

    def connection(self, port, timeout=20):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.addCleanup(connection.close)
        return connection

    def request(self, connection, method="GET", path="/", body=None):
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer, answer.read()

    def noted(self, log, count):
        """The faults in a log, which may be a little behind what was answered."""
        end = time.monotonic() + 20
        while True:
            with open(log) as file:
                lines = file.readlines()
            if len(lines) >= count or time.monotonic() > end:
                return [line.split("\t")[1] for line in lines]
            time.sleep(0.01)

    def test_bytes_pass_unchanged_on_one_connection(self):
        for options in ((), ("--http",)):
            connection = self.connection(self.proxy(*options))
            sent = os.urandom(300_000)
            with self.subTest(options):
                self.assertEqual(self.request(connection, "PUT", "/", sent)[1], sent)
                self.assertEqual(self.request(connection, "GET", "/chunked")[1], Echo.content)
                self.assertEqual(self.request(connection)[1], Echo.content)

    def test_a_round_trip_and_a_line_take_their_time(self):
        for options in ((), ("--http",)):
            connection = self.connection(self.proxy("--delay", "80", "--rate", "1000000", *options))
            start = time.monotonic()
            self.request(connection, "PUT", "/", b"")
            # One for the connection, one for the request.
            self.assertGreater(time.monotonic() - start, 0.155)
            start = time.monotonic()
            self.request(connection, "PUT", "/", bytes(500_000))
            self.assertGreater(time.monotonic() - start, 1.05)
            self.assertLess(time.monotonic() - start, 4)

    def test_each_fault_befalls_one_request_and_is_noted(self):
        for kind in ("reset", "truncate", "stall", "flip", "error", "busy"):
            for seed in range(4):
                log = self.path(f"log-{kind}{seed}")
                port = self.proxy("--http", f"--{kind}", "1", "--times", "1", "--seed", str(seed), "--log", log)
                self.server.seen.clear()
                with self.subTest(kind=kind, seed=seed):
                    self.suffer(kind, port)
                    self.assertEqual(self.request(self.connection(port))[1], Echo.content)
                    self.assertEqual(self.noted(log, 2), [kind, "-"])

    def suffer(self, kind, port):
        body = Echo.content[::-1]
        connection = self.connection(port, timeout=0.5 if kind == "stall" else 20)
        if kind in ("reset", "truncate", "stall"):
            error = TimeoutError if kind == "stall" else (OSError, http.client.HTTPException)
            with self.assertRaises(error):
                self.request(connection, "PUT", "/", body)
            return
        answer, got = self.request(connection, "PUT", "/", body)
        if kind == "flip":
            wrong = [sent ^ seen for sent, seen in zip(body, got) if sent != seen]
            self.assertEqual((answer.status, len(got), wrong), (200, len(body), [0x10]))
        else:
            self.assertEqual(answer.status, {"error": 500, "busy": 503}[kind])
            self.assertEqual(answer.getheader("Retry-After"), {"error": None, "busy": "1"}[kind])
            self.assertIn(self.server.seen, ([], [body]))

    def test_faults_come_as_often_as_asked_and_again_with_their_seed(self):
        runs = []
        for number in range(2):
            log = self.path(f"log{number}")
            connection = self.connection(self.proxy("--http", "--error", "0.1", "--busy", "0.1", "--log", log))
            for _ in range(300):
                self.request(connection, "PUT", "/", b"a")
            runs.append(self.noted(log, 300))
        self.assertEqual(runs[0], runs[1])
        for kind in ("error", "busy"):
            self.assertAlmostEqual(runs[0].count(kind), 30, delta=18)

    def test_what_is_not_meant_is_spared_and_an_answer_can_be_chosen(self):
        answer = self.path("answer")
        with open(answer, "w") as file:
            file.write("HTTP/1.1 403 Forbidden\nContent-Type: application/xml\n\n<Error/>")
        options = ("--http", "--error", "1", "--answer", answer, "--only", "PUT /key", "--after", "1", "--times", "1")
        connection = self.connection(self.proxy(*options))
        got = [
            self.request(connection, "PUT", path, b"b")[1] for path in ("/key/1", "/other", "/key/2", "/key/3")
        ]
        self.assertEqual(got, [b"b", b"b", b"<Error/>", b"b"])

    def test_a_line_that_knows_no_http_is_faulty_too(self):
        for kind in ("reset", "truncate", "stall", "flip"):
            for seed in range(3):
                port = self.proxy(f"--{kind}", "1", "--times", "1", "--seed", str(seed))
                with self.subTest(kind=kind, seed=seed):
                    try:
                        answer, got = self.request(self.connection(port, 0.5), "PUT", "/", bytes(2 << 20))
                        self.assertNotEqual((answer.status, got), (200, bytes(2 << 20)))
                    except (OSError, http.client.HTTPException):
                        pass
                    self.assertEqual(self.request(self.connection(port))[1], Echo.content)


@unittest.skipUnless(HAS_NUMPY, "numpy is not here")
class NumpyTests(InDirectory):
    def run_of(self, dtype, versions=2):
        """A run of checkpoints of one tensor with 64 rows, of which every second one trains."""
        import numpy

        from float_bits import from_float32

        generator = numpy.random.default_rng(1)
        weights = generator.normal(0, 0.05, (64, 256)).astype(numpy.float32)
        paths = []
        for version in range(versions):
            tensors = {"i": ("I64", [1], bytes(8)), "w": (dtype, [64, 256], from_float32(weights, dtype))}
            paths.append(self.checkpoint(f"{dtype}{version}", tensors))
            weights[::2] += generator.normal(0, 1e-4, (32, 256)).astype(numpy.float32)
        return paths

    def values(self, path):
        from float_bits import to_float32

        each = read_header(path)[0][-1]
        with open(path, "rb") as file:
            return to_float32(file.read()[each.begin : each.end], each.dtype).reshape(each.shape)

    def test_a_continued_series_keeps_the_statistics_of_its_updates(self):
        for dtype in ("F32", "F16", "BF16"):
            with self.subTest(dtype):
                real = self.run_of(dtype, versions=3)
                run = self.script("series.py", self.path(f"series{dtype}"), "6", *real)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
                made = [self.path(f"series{dtype}/{number:02}.safetensors") for number in range(6)]
                for given, copied in zip(real, made):
                    self.assertTrue(filecmp.cmp(given, copied, shallow=False))
                series = [self.values(path) for path in made]
                known = (series[2] != series[1])[::2].mean()
                for before, after in zip(series[2:], series[3:]):
                    changed = before != after
                    self.assertFalse(changed[1::2].any())
                    self.assertAlmostEqual(changed[::2].mean() / known, 1, delta=0.1)

    def test_checkpoints_of_different_models_are_refused(self):
        other = self.checkpoint("other", {"w": ("F32", [1], bytes(4))})
        run = self.script("series.py", self.path("out"), "3", self.run_of("F32")[0], other)
        self.assertRegex(run.stderr, "other has not the same tensors")

    def test_a_cast_rounds_as_the_simulated_update_does(self):
        source = self.run_of("F32")[0]
        self.assertEqual(self.script("cast_checkpoint.py", source, self.path("cast"), "BF16").returncode, 0)
        each = read_header(self.path("cast"))[0][-1]
        with open(self.path("cast"), "rb") as file:
            raw = file.read()[each.begin : each.end]
        self.assertEqual(raw, simulated_update.encode_bf16(array("f", self.values(source).tobytes())))

    def test_the_bitx_style_delta_gives_the_file_back(self):
        torch_files = [os.path.join(TORCH_FILES, name) for name in ("state-dict.pt", "training.pt")]
        for old, new in (self.run_of("BF16"), (self.run_of("F32")[1], self.run_of("F16")[0]), torch_files):
            patch, back = self.path("patch"), self.path("back")
            self.assertEqual(self.script("bench_bitx.py", "encode", old, new, patch).returncode, 0)
            self.assertEqual(self.script("bench_bitx.py", "decode", old, patch, back).returncode, 0)
            with open(new, "rb") as file, open(back, "rb") as other:
                self.assertEqual(file.read(), other.read())


if __name__ == "__main__":
    unittest.main()
