"""The Report page: its options, picture and downloads."""
