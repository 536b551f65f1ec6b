"""A failover laboratory: three PostgreSQL under Patroni, each on a machine of its own."""
