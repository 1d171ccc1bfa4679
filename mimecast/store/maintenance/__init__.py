"""Operations on a whole store: backup, restore, copy, rename, remove."""
