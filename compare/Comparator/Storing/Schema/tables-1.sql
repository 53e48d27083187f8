-- Version 1. Names are not qualified: the search path is the schema's. Run once; what comes later goes into tables-2.sql.
-- Times are timestamptz; durations are microseconds as double precision (..._us), null where there is none; ratios are candidate / baseline.

CREATE TABLE workloads (
    workload uuid PRIMARY KEY,
    name text NOT NULL,
    source text NOT NULL,
    servers text[] NOT NULL,
    captured_from timestamptz,
    captured_to timestamptz,
    completed_at timestamptz,
    exchanges bigint NOT NULL,
    tool_version text NOT NULL
);
COMMENT ON TABLE workloads IS 'What was captured. Deleting a workload deletes its runs, comparisons and exchanges.';
COMMENT ON COLUMN workloads.name IS 'The name of its folder.';
COMMENT ON COLUMN workloads.servers IS 'Engine, address and version of the servers whose traffic it is.';
COMMENT ON COLUMN workloads.captured_from IS 'The first packet, by the clock of the capture.';
COMMENT ON COLUMN workloads.captured_to IS 'The last packet.';
COMMENT ON COLUMN workloads.completed_at IS 'When the capture ended; null if it was killed or was still going on.';

CREATE TABLE runs (
    run uuid PRIMARY KEY,
    workload uuid NOT NULL REFERENCES workloads ON DELETE CASCADE,
    name text NOT NULL,
    target text NOT NULL,
    engine text NOT NULL,
    server_version text NOT NULL,
    instrument text NOT NULL,
    speed text NOT NULL,
    schedule text NOT NULL,
    selection text NOT NULL,
    ordering text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    captured bigint NOT NULL,
    replayed bigint NOT NULL,
    skipped bigint NOT NULL,
    failed bigint NOT NULL,
    errors bigint NOT NULL,
    retried bigint NOT NULL,
    skipped_by_reason jsonb NOT NULL,
    failed_by_reason jsonb NOT NULL,
    fit boolean NOT NULL,
    unfit_reasons text[] NOT NULL,
    gates_missed text[] NOT NULL,
    own_lag_p50_us double precision,
    own_lag_p99_us double precision,
    inherited_lag_p99_us double precision,
    scheduled_per_second double precision,
    achieved_per_second double precision,
    order_violations bigint,
    cpu_share double precision,
    tool_version text NOT NULL
);
CREATE INDEX runs_workload ON runs (workload);
COMMENT ON TABLE runs IS 'Replays of a workload against one server, with what their certificates say. captured = replayed + skipped + failed.';
COMMENT ON COLUMN runs.target IS 'The target''s URL without its password.';
COMMENT ON COLUMN runs.instrument IS 'Where times were read: wire or client.';
COMMENT ON COLUMN runs.ordering IS 'Which order between sessions was kept.';
COMMENT ON COLUMN runs.replayed IS 'Exchanges with a response, errors included.';
COMMENT ON COLUMN runs.errors IS 'Responses that carry an error.';
COMMENT ON COLUMN runs.retried IS 'Transactions of victims that were sent again and went through.';
COMMENT ON COLUMN runs.fit IS 'Whether its certificate calls it fit.';
COMMENT ON COLUMN runs.own_lag_p99_us IS 'The replayer''s own lag.';
COMMENT ON COLUMN runs.inherited_lag_p99_us IS 'Lag that came from slow predecessors in the session.';

CREATE TABLE shapes (
    shape text PRIMARY KEY,
    sql text NOT NULL,
    class text NOT NULL
);
COMMENT ON TABLE shapes IS 'Statements, normalised: no literals. A shape is the same one in all workloads.';
COMMENT ON COLUMN shapes.shape IS 'The fingerprint in 32 hexadecimal digits, as in reports; of a command without a text, its number.';
COMMENT ON COLUMN shapes.class IS 'read, write, transaction, session, set-up, health check, command ...';

CREATE TABLE comparisons (
    comparison uuid PRIMARY KEY,
    workload uuid NOT NULL REFERENCES workloads ON DELETE CASCADE,
    replayed_at timestamptz NOT NULL,
    compared_at timestamptz NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    verdict text NOT NULL,
    reasons text[] NOT NULL,
    warnings text[] NOT NULL,
    baseline_target text NOT NULL,
    candidate_target text NOT NULL,
    baseline_server text NOT NULL,
    candidate_server text NOT NULL,
    design text NOT NULL,
    overall_verdict text NOT NULL,
    overall_ratio double precision,
    overall_ratio_low double precision,
    overall_ratio_high double precision,
    run_deviation double precision,
    shape_deviation double precision,
    noise_measured boolean NOT NULL,
    false_alarms bigint NOT NULL,
    judged_on_equal_runs bigint NOT NULL,
    false_alarm_rate double precision,
    not_enough_data_time_share double precision,
    doubts text[] NOT NULL,
    minimum_ratio double precision NOT NULL,
    exchanges bigint NOT NULL,
    exchanges_compared bigint NOT NULL,
    failed_in_production bigint NOT NULL,
    tool_version text NOT NULL
);
CREATE INDEX comparisons_workload ON comparisons (workload);
CREATE INDEX comparisons_replayed_at ON comparisons (replayed_at);
COMMENT ON TABLE comparisons IS 'Comparisons. The same runs on the same sides are the same comparison: storing it again replaces it.';
COMMENT ON COLUMN comparisons.comparison IS 'Follows from the ids of the runs and their sides.';
COMMENT ON COLUMN comparisons.replayed_at IS 'When its first run began: its place in a history, whenever it is compared again.';
COMMENT ON COLUMN comparisons.verdict IS 'pass, fail or undecided.';
COMMENT ON COLUMN comparisons.baseline_target IS 'The old server, as its first run''s URL names it.';
COMMENT ON COLUMN comparisons.design IS 'sequential or interleaved.';
COMMENT ON COLUMN comparisons.overall_ratio IS 'The sides as a whole, with its interval.';
COMMENT ON COLUMN comparisons.run_deviation IS 'What equal runs differ by as a whole: standard deviation of the logarithm.';
COMMENT ON COLUMN comparisons.shape_deviation IS 'Noise: what equal runs differ by per shape after what a run has in common is taken off, standard deviation of the logarithm.';
COMMENT ON COLUMN comparisons.false_alarm_rate IS 'Share of false alarms among judgements on equal runs; null if none could be made.';
COMMENT ON COLUMN comparisons.exchanges_compared IS 'Exchanges whose time was compared.';

CREATE TABLE comparison_runs (
    comparison uuid NOT NULL REFERENCES comparisons ON DELETE CASCADE,
    run uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
    label text NOT NULL,
    side text NOT NULL,
    trusted boolean NOT NULL,
    distrust text[] NOT NULL,
    PRIMARY KEY (comparison, run)
);
CREATE INDEX comparison_runs_run ON comparison_runs (run);
COMMENT ON TABLE comparison_runs IS 'Which runs a comparison is of.';
COMMENT ON COLUMN comparison_runs.label IS 'A1, A2 ... of the baseline, B1, B2 ... of the candidate.';
COMMENT ON COLUMN comparison_runs.side IS 'baseline or candidate.';
COMMENT ON COLUMN comparison_runs.distrust IS 'Why it could not be trusted beside the others; empty if it could.';

CREATE TABLE shape_verdicts (
    comparison uuid NOT NULL REFERENCES comparisons ON DELETE CASCADE,
    shape text NOT NULL REFERENCES shapes,
    verdict text NOT NULL,
    fails boolean NOT NULL,
    not_judged text,
    ratio double precision,
    ratio_low double precision,
    ratio_high double precision,
    captured bigint NOT NULL,
    executions bigint NOT NULL,
    paired bigint NOT NULL,
    time_share double precision,
    baseline_p50_us double precision,
    baseline_p95_us double precision,
    baseline_p99_us double precision,
    baseline_mean_us double precision,
    baseline_total_us double precision,
    candidate_p50_us double precision,
    candidate_p95_us double precision,
    candidate_p99_us double precision,
    candidate_mean_us double precision,
    candidate_total_us double precision,
    baseline_errors bigint NOT NULL,
    candidate_errors bigint NOT NULL,
    new_errors text[] NOT NULL,
    results text NOT NULL,
    results_compared bigint NOT NULL,
    results_different bigint NOT NULL,
    accepted text[] NOT NULL,
    confirmation text,
    plan text,
    slow_executions text[] NOT NULL,
    explanations text[] NOT NULL,
    PRIMARY KEY (comparison, shape)
);
CREATE INDEX shape_verdicts_shape ON shape_verdicts (shape);
COMMENT ON TABLE shape_verdicts IS 'What a comparison says of each shape; columns as in dbcompare --csv.';
COMMENT ON COLUMN shape_verdicts.verdict IS 'Of its time: regressed, slower, improved, same or not_enough_data.';
COMMENT ON COLUMN shape_verdicts.fails IS 'Whether it makes the whole fail: a regression, a new error or another answer that nobody accepts.';
COMMENT ON COLUMN shape_verdicts.not_judged IS 'Why its time and answers are not judged; null if they are.';
COMMENT ON COLUMN shape_verdicts.ratio IS 'The typical effect, with its interval.';
COMMENT ON COLUMN shape_verdicts.executions IS 'Executions replayed in a run, the mean over the runs.';
COMMENT ON COLUMN shape_verdicts.paired IS 'Executions whose time was compared.';
COMMENT ON COLUMN shape_verdicts.time_share IS 'Its share of the time of all that was compared, 0 to 1.';
COMMENT ON COLUMN shape_verdicts.baseline_total_us IS 'Time of all its executions in one run.';
COMMENT ON COLUMN shape_verdicts.new_errors IS 'Codes that neither production nor the old server had, and that nobody accepts.';
COMMENT ON COLUMN shape_verdicts.accepted IS 'Differences that a waiver accepts.';
COMMENT ON COLUMN shape_verdicts.slow_executions IS 'What sets its slow executions apart.';
COMMENT ON COLUMN shape_verdicts.explanations IS 'Differences between the servers that can explain what became of it, the best first.';

CREATE TABLE errors (
    comparison uuid NOT NULL REFERENCES comparisons ON DELETE CASCADE,
    shape text NOT NULL REFERENCES shapes,
    code text NOT NULL,
    kind text NOT NULL,
    accepted boolean NOT NULL,
    new_exchanges bigint NOT NULL,
    production bigint NOT NULL,
    runs jsonb NOT NULL,
    message text,
    session integer,
    ordinal integer,
    PRIMARY KEY (comparison, shape, code)
);
CREATE INDEX errors_shape ON errors (shape);
COMMENT ON TABLE errors IS 'Errors by shape and code, as a comparison judges them.';
COMMENT ON COLUMN errors.code IS 'SQLSTATE, MySQL''s number, or the reason why there was no response.';
COMMENT ON COLUMN errors.kind IS 'new, consequence, known, gone or chance.';
COMMENT ON COLUMN errors.new_exchanges IS 'Exchanges in which it is new, in the run that has most of them.';
COMMENT ON COLUMN errors.production IS 'Exchanges with it in production.';
COMMENT ON COLUMN errors.runs IS 'Exchanges with it by the run''s label.';
COMMENT ON COLUMN errors.message IS 'The message of the first one, without the data that it quotes; session and ordinal say which one that is.';

CREATE TABLE objectives (
    comparison uuid NOT NULL REFERENCES comparisons ON DELETE CASCADE,
    name text NOT NULL,
    verdict text NOT NULL,
    why text NOT NULL,
    exchanges bigint NOT NULL,
    eligible bigint NOT NULL
);
CREATE INDEX objectives_comparison ON objectives (comparison);
COMMENT ON TABLE objectives IS 'What came of the objectives (--slo).';
COMMENT ON COLUMN objectives.verdict IS 'met, missed or undecided.';

CREATE TABLE sessions (
    workload uuid NOT NULL,
    session integer NOT NULL,
    client text NOT NULL,
    user_name text,
    database_name text,
    application text,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    PRIMARY KEY (workload, session)
);
COMMENT ON TABLE sessions IS 'The captured connections, if single exchanges are stored.';
COMMENT ON COLUMN sessions.client IS 'Address and port.';

CREATE TABLE exchanges (
    workload uuid NOT NULL,
    position bigint NOT NULL,
    session integer NOT NULL,
    ordinal integer NOT NULL,
    command text NOT NULL,
    shape text NOT NULL,
    started_at timestamptz NOT NULL,
    latency_us double precision,
    first_byte_us double precision,
    rows bigint,
    affected bigint,
    error text,
    rows_hash bigint,
    complete boolean NOT NULL,
    PRIMARY KEY (workload, position)
);
CREATE INDEX exchanges_shape ON exchanges (workload, shape);
COMMENT ON TABLE exchanges IS 'What was captured, exchange by exchange: what production answered. No statement''s literals.';
COMMENT ON COLUMN exchanges.position IS 'Its place in the workload, from 0; the same in all runs.';
COMMENT ON COLUMN exchanges.ordinal IS 'Its number in the session, from 0: dbreplay exec and show take session and ordinal.';
COMMENT ON COLUMN exchanges.command IS 'The protocol''s word: query, execute, parse, stmt_execute ...';
COMMENT ON COLUMN exchanges.shape IS 'The statement''s shape, also of what only prepares it (parse, stmt_prepare): the times of those are judged under the command.';
COMMENT ON COLUMN exchanges.rows_hash IS 'Of the rows with values in normal form, whatever their order: equal rows have equal ones. Null if not known.';

CREATE TABLE outcomes (
    run uuid NOT NULL,
    position bigint NOT NULL,
    status text NOT NULL,
    reason text,
    latency_us double precision,
    first_byte_us double precision,
    lag_us double precision,
    order_wait_us double precision,
    rows bigint,
    affected bigint,
    error text,
    rows_hash bigint,
    lag_inherited boolean NOT NULL,
    order_violated boolean NOT NULL,
    pre_roll boolean NOT NULL,
    retried boolean NOT NULL,
    tainted boolean NOT NULL,
    disturbed boolean NOT NULL,
    PRIMARY KEY (run, position)
);
COMMENT ON TABLE outcomes IS 'What became of each exchange in a run: joined with exchanges by the run''s workload and the position.';
COMMENT ON COLUMN outcomes.status IS 'replayed, skipped, failed (no response) or not_reached.';
COMMENT ON COLUMN outcomes.reason IS 'Why it was skipped or failed.';
COMMENT ON COLUMN outcomes.latency_us IS 'From sent to the last byte; null where the response was not separately visible.';
COMMENT ON COLUMN outcomes.lag_us IS 'Sent later than due by so much.';
COMMENT ON COLUMN outcomes.order_wait_us IS 'The part of the lag that it waited for other sessions by order.';
COMMENT ON COLUMN outcomes.error IS 'SQLSTATE or MySQL''s number; null if the response carried none.';
COMMENT ON COLUMN outcomes.tainted IS 'Something that it depends on went otherwise than in the capture.';
COMMENT ON COLUMN outcomes.disturbed IS 'A pause of the replayer overlapped it.';

-- Exchanges have no foreign keys, which would be checked row by row while they are loaded.
CREATE FUNCTION delete_exchanges() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_TABLE_NAME = 'runs' THEN
        DELETE FROM outcomes WHERE run = OLD.run;
    ELSE
        DELETE FROM exchanges WHERE workload = OLD.workload;
        DELETE FROM sessions WHERE workload = OLD.workload;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION delete_exchanges() IS 'Deletes the exchanges of a workload or a run that is deleted.';
CREATE TRIGGER delete_exchanges AFTER DELETE ON runs FOR EACH ROW EXECUTE PROCEDURE delete_exchanges();
CREATE TRIGGER delete_exchanges AFTER DELETE ON workloads FOR EACH ROW EXECUTE PROCEDURE delete_exchanges();
