"""The console's servers on one machine: PostgreSQL, Valkey, worker, beat, web; to try, develop and test.

Standard library only, so that `--help` answers before anything is installed.
"""
