-- The capture's own sums. Workloads that were stored before have none.

ALTER TABLE workloads
    ADD COLUMN packets_seen bigint,
    ADD COLUMN packets_decoded bigint,
    ADD COLUMN packets_ignored bigint,
    ADD COLUMN packets_dropped bigint,
    ADD COLUMN gaps bigint,
    ADD COLUMN gap_bytes bigint,
    ADD COLUMN sessions bigint,
    ADD COLUMN sessions_encrypted bigint,
    ADD COLUMN sessions_undecodable bigint,
    ADD COLUMN exchanges_incomplete bigint,
    ADD COLUMN exchanges_dropped bigint;
COMMENT ON COLUMN workloads.packets_seen IS 'Packets seen = decoded + ignored + dropped; null if the capture did not end, 0 if it was a log. So are the others.';
COMMENT ON COLUMN workloads.packets_decoded IS 'Packets whose bytes went into a session.';
COMMENT ON COLUMN workloads.packets_ignored IS 'Packets that were none of the servers''.';
COMMENT ON COLUMN workloads.packets_dropped IS 'Packets that the kernel or the agent dropped.';
COMMENT ON COLUMN workloads.gaps IS 'Holes in the sessions'' bytes.';
COMMENT ON COLUMN workloads.gap_bytes IS 'Bytes missing in them, where their number is known.';
COMMENT ON COLUMN workloads.sessions IS 'Sessions.';
COMMENT ON COLUMN workloads.sessions_encrypted IS 'Sessions that went over to encryption, which cannot be read.';
COMMENT ON COLUMN workloads.sessions_undecodable IS 'Sessions whose decoding was given up.';
COMMENT ON COLUMN workloads.exchanges_incomplete IS 'Exchanges of which a part is missing.';
COMMENT ON COLUMN workloads.exchanges_dropped IS 'Exchanges that were decoded and not recorded, because a bound was hit.';
