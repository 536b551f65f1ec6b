"""Engine options and column types shared by the station's store and the central ledger."""
