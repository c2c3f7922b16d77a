"""The demo: invented schools, people and lives, and the page that helps to try them. Never under production settings."""
