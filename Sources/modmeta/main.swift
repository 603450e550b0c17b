import ModmetaCommands

await Program.main()
