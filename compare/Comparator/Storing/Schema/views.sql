-- Run whenever the schema's version changes. Columns may be added at the end, none taken away: others may have built upon them.

CREATE OR REPLACE VIEW comparison_history AS
SELECT c.replayed_at, c.comparison, w.name AS workload_name, c.verdict, c.baseline_server, c.candidate_server, c.baseline_target, c.candidate_target,
    c.overall_ratio, c.overall_ratio_low, c.overall_ratio_high,
    exp(c.shape_deviation) - 1 AS noise, c.false_alarm_rate, c.false_alarms, c.judged_on_equal_runs,
    s.shapes, s.regressed, s.slower, s.same, s.improved, s.not_enough_data, s.failing, s.other_answers,
    (SELECT count(*) FROM errors e WHERE e.comparison = c.comparison AND e.kind = 'new' AND NOT e.accepted) AS new_errors,
    (SELECT count(*) FROM comparison_runs r WHERE r.comparison = c.comparison) AS runs,
    (SELECT count(*) FROM comparison_runs r WHERE r.comparison = c.comparison AND NOT r.trusted) AS distrusted_runs,
    c.exchanges, c.exchanges_compared, c.reasons, c.warnings, c.workload
FROM comparisons c
JOIN workloads w USING (workload)
CROSS JOIN LATERAL (
    SELECT count(*) AS shapes,
        count(*) FILTER (WHERE v.not_judged IS NULL AND v.verdict = 'regressed') AS regressed,
        count(*) FILTER (WHERE v.not_judged IS NULL AND v.verdict = 'slower') AS slower,
        count(*) FILTER (WHERE v.not_judged IS NULL AND v.verdict = 'same') AS same,
        count(*) FILTER (WHERE v.not_judged IS NULL AND v.verdict = 'improved') AS improved,
        count(*) FILTER (WHERE v.not_judged IS NULL AND v.verdict = 'not_enough_data') AS not_enough_data,
        count(*) FILTER (WHERE v.fails) AS failing,
        count(*) FILTER (WHERE v.results_different > 0) AS other_answers
    FROM shape_verdicts v WHERE v.comparison = c.comparison) s;
COMMENT ON VIEW comparison_history IS 'A row a comparison: the verdict, the sides as a whole, shapes by verdict, new errors, noise.';
COMMENT ON COLUMN comparison_history.noise IS 'What equal runs differ by per shape, as a share: 0.02 is 2 %.';

CREATE OR REPLACE VIEW latest_comparisons AS
SELECT h.* FROM comparison_history h
WHERE h.comparison IN (
    SELECT DISTINCT ON (baseline_target, candidate_target) comparison FROM comparisons ORDER BY baseline_target, candidate_target, replayed_at DESC, compared_at DESC, comparison);
COMMENT ON VIEW latest_comparisons IS 'The last comparison of each pair of targets.';

CREATE OR REPLACE VIEW shape_history AS
SELECT c.replayed_at, c.comparison, c.baseline_server, c.candidate_server, c.baseline_target, c.candidate_target, v.shape, s.sql, s.class,
    v.verdict, v.fails, v.not_judged, v.ratio, v.ratio_low, v.ratio_high, v.captured, v.executions, v.paired, v.time_share,
    v.baseline_p50_us, v.candidate_p50_us, v.baseline_p95_us, v.candidate_p95_us, v.baseline_p99_us, v.candidate_p99_us,
    v.baseline_mean_us, v.candidate_mean_us, v.baseline_total_us, v.candidate_total_us,
    v.baseline_errors, v.candidate_errors, v.new_errors, v.results, v.results_compared, v.results_different,
    v.accepted, v.confirmation, v.plan, v.slow_executions, v.explanations
FROM shape_verdicts v
JOIN comparisons c USING (comparison)
JOIN shapes s USING (shape);
COMMENT ON VIEW shape_history IS 'What each comparison says of each shape.';

CREATE OR REPLACE VIEW latest_verdicts AS
SELECT h.* FROM shape_history h
WHERE h.comparison IN (SELECT comparison FROM latest_comparisons);
COMMENT ON VIEW latest_verdicts IS 'The shapes of the last comparison of each pair of targets.';

CREATE OR REPLACE VIEW regressions AS
SELECT replayed_at, comparison, baseline_target, candidate_target, shape, sql, class, ratio, ratio_low, ratio_high, time_share,
    baseline_p50_us, candidate_p50_us, baseline_p99_us, candidate_p99_us, fails, accepted, confirmation, plan, slow_executions, explanations,
    min(replayed_at) OVER streak AS since,
    row_number() OVER streak AS times
FROM (
    SELECT h.*, count(*) FILTER (WHERE verdict <> 'regressed') OVER (PARTITION BY baseline_target, candidate_target, shape ORDER BY replayed_at, comparison) AS interruptions
    FROM shape_history h) judged
WHERE verdict = 'regressed'
WINDOW streak AS (PARTITION BY baseline_target, candidate_target, shape, interruptions ORDER BY replayed_at, comparison);
COMMENT ON VIEW regressions IS 'Shapes that regressed, accepted or not.';
COMMENT ON COLUMN regressions.since IS 'The first of the comparisons in a row, of one pair of targets, in which it regressed.';
COMMENT ON COLUMN regressions.times IS 'How many these are, this one included.';

CREATE OR REPLACE VIEW new_errors AS
SELECT c.replayed_at, c.comparison, c.baseline_target, c.candidate_target, e.shape, s.sql, s.class, e.code, e.accepted, e.new_exchanges, e.message, e.session, e.ordinal
FROM errors e
JOIN comparisons c USING (comparison)
JOIN shapes s USING (shape)
WHERE e.kind = 'new';
COMMENT ON VIEW new_errors IS 'Errors that neither production nor the old server had.';

CREATE OR REPLACE VIEW certificates AS
SELECT c.replayed_at, c.comparison, c.baseline_target, c.candidate_target, cr.label, cr.side, r.name AS run_name, r.server_version, r.started_at, r.ended_at, r.fit, cr.trusted, cr.distrust, r.gates_missed,
    r.own_lag_p99_us, r.inherited_lag_p99_us, r.scheduled_per_second, r.achieved_per_second, r.order_violations, r.cpu_share,
    r.captured, r.replayed, r.skipped, r.failed, r.errors, r.skipped_by_reason, r.failed_by_reason, r.run
FROM comparison_runs cr
JOIN comparisons c USING (comparison)
JOIN runs r USING (run);
COMMENT ON VIEW certificates IS 'Each comparison''s runs: whether they can be trusted, how late they were, what became of their exchanges.';

CREATE OR REPLACE VIEW captures AS
SELECT captured_from, captured_to, name AS workload_name, source, servers, completed_at IS NOT NULL AS completed, exchanges, packets_seen, packets_decoded, packets_ignored, packets_dropped, gaps, gap_bytes,
    sessions, sessions_encrypted, sessions_undecodable, exchanges_incomplete, exchanges_dropped,
    packets_dropped + gap_bytes + sessions_encrypted + sessions_undecodable + exchanges_incomplete + exchanges_dropped = 0 AS whole, workload
FROM workloads;
COMMENT ON VIEW captures IS 'Each workload: how complete it is. Packets seen = decoded + ignored + dropped.';
COMMENT ON COLUMN captures.whole IS 'Whether nothing is missing; null if the capture did not end, or was stored by a version without its sums.';

CREATE OR REPLACE VIEW exchange_latency AS
SELECT cr.comparison, cr.label, cr.side, e.workload, e.position, e.session, e.ordinal, e.command, e.shape, s.sql, n.client, n.user_name, n.database_name, n.application,
    e.started_at, e.latency_us AS production_us, e.error AS production_error, o.status, o.reason, o.latency_us, o.first_byte_us, o.lag_us, o.order_wait_us, o.rows, o.affected, o.error, o.rows_hash,
    o.order_violated, o.pre_roll, o.retried, o.tainted, o.disturbed, o.run
FROM comparison_runs cr
JOIN runs r USING (run)
JOIN outcomes o USING (run)
JOIN exchanges e ON e.workload = r.workload AND e.position = o.position
LEFT JOIN sessions n ON n.workload = e.workload AND n.session = e.session
LEFT JOIN shapes s ON s.shape = e.shape;
COMMENT ON VIEW exchange_latency IS 'A row for each exchange and run of a comparison. Ask for a comparison and a shape, or a session: there are many.';
COMMENT ON COLUMN exchange_latency.production_us IS 'Its latency in production.';

CREATE OR REPLACE VIEW exchange_pairs AS
SELECT comparison, workload, position, session, ordinal, command, shape, started_at, production_us, production_error,
    baseline_us, candidate_us, candidate_us / nullif(baseline_us, 0) AS ratio, candidate_us - baseline_us AS slower_by_us, baseline_errors, candidate_errors,
    coalesce(baseline_hash_from = baseline_hash_to AND candidate_hash_from = candidate_hash_to AND baseline_hash_from <> candidate_hash_from, false)
    OR coalesce(baseline_rows_from = baseline_rows_to AND candidate_rows_from = candidate_rows_to AND baseline_rows_from <> candidate_rows_from, false) AS other_answer
FROM (
    SELECT cr.comparison, e.workload, e.position, e.session, e.ordinal, e.command, e.shape, e.started_at, e.latency_us AS production_us, e.error AS production_error,
        avg(o.latency_us) FILTER (WHERE cr.side = 'baseline' AND o.error IS NULL) AS baseline_us,
        avg(o.latency_us) FILTER (WHERE cr.side = 'candidate' AND o.error IS NULL) AS candidate_us,
        array_agg(DISTINCT o.error) FILTER (WHERE cr.side = 'baseline' AND o.error IS NOT NULL) AS baseline_errors,
        array_agg(DISTINCT o.error) FILTER (WHERE cr.side = 'candidate' AND o.error IS NOT NULL) AS candidate_errors,
        min(o.rows_hash) FILTER (WHERE cr.side = 'baseline') AS baseline_hash_from,
        max(o.rows_hash) FILTER (WHERE cr.side = 'baseline') AS baseline_hash_to,
        min(o.rows_hash) FILTER (WHERE cr.side = 'candidate') AS candidate_hash_from,
        max(o.rows_hash) FILTER (WHERE cr.side = 'candidate') AS candidate_hash_to,
        min(coalesce(o.rows, o.affected)) FILTER (WHERE cr.side = 'baseline') AS baseline_rows_from,
        max(coalesce(o.rows, o.affected)) FILTER (WHERE cr.side = 'baseline') AS baseline_rows_to,
        min(coalesce(o.rows, o.affected)) FILTER (WHERE cr.side = 'candidate') AS candidate_rows_from,
        max(coalesce(o.rows, o.affected)) FILTER (WHERE cr.side = 'candidate') AS candidate_rows_to
    FROM comparison_runs cr
    JOIN runs r USING (run)
    JOIN outcomes o USING (run)
    JOIN exchanges e ON e.workload = r.workload AND e.position = o.position
    GROUP BY cr.comparison, e.workload, e.position, e.session, e.ordinal, e.command, e.shape, e.started_at, e.latency_us, e.error) sides;
COMMENT ON VIEW exchange_pairs IS 'A row for each exchange of a comparison: both sides'' mean latencies over their runs. Ask for a comparison and a shape.';
COMMENT ON COLUMN exchange_pairs.baseline_us IS 'Mean of the runs in which it was answered without error.';
COMMENT ON COLUMN exchange_pairs.other_answer IS 'Whether the runs of either side agree in rows (or their number) and the sides do not. What a comparison makes of it is in shape_verdicts.';

CREATE OR REPLACE FUNCTION delete_exchanges_before(moment timestamptz) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM outcomes WHERE run IN (SELECT run FROM runs WHERE started_at < moment);
    DELETE FROM exchanges WHERE workload NOT IN (SELECT workload FROM runs WHERE started_at >= moment);
    DELETE FROM sessions WHERE workload NOT IN (SELECT workload FROM runs WHERE started_at >= moment);
END $$;
COMMENT ON FUNCTION delete_exchanges_before(timestamptz) IS 'Deletes the single exchanges of runs that began before a moment; verdicts stay.';

CREATE OR REPLACE FUNCTION delete_comparisons_before(moment timestamptz) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DELETE FROM comparisons WHERE replayed_at < moment;
    DELETE FROM runs WHERE run NOT IN (SELECT run FROM comparison_runs);
    DELETE FROM workloads WHERE workload NOT IN (SELECT workload FROM runs);
END $$;
COMMENT ON FUNCTION delete_comparisons_before(timestamptz) IS 'Deletes comparisons whose runs began before a moment, and what no other comparison is of: runs, workloads, exchanges.';
