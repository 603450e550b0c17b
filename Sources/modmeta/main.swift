import ModmetaCommands

await Root.main()
