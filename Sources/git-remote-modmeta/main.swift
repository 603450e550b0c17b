print("modmeta")
