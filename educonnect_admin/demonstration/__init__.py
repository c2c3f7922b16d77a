"""The demo: invented schools, people and lives, and the page to try them with. Never under production settings."""
