"""The sentences shown to readers, the stamp, and the glossary."""
