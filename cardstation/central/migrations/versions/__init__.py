"""One file per revision; `central.schema.HEAD` names the last."""
