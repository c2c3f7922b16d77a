#!/bin/sh
# First start of the database: gives the two roles that sign in the passwords of their addresses, which stand in
# secrets as postgresql://ROLE:PASSWORD@HOST/DATABASE (the password in plain letters and digits).
set -eu
for secret in owner_database_url database_url; do
    credentials=$(sed -n 's#^postgresql://\([^@]*\)@.*#\1#p' "/run/secrets/$secret")
    psql -X -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" \
        -v role="${credentials%%:*}" -v password="${credentials#*:}" <<'END'
ALTER ROLE :"role" PASSWORD :'password';
END
done
