"""What each page shows, loaded and drawn before anything of it appears, and cached until the store changes."""
