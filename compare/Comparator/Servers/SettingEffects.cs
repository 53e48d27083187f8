namespace Replay.Comparator;

/// <summary>What settings can do to a statement, as far as names tell.</summary>
internal static class SettingEffects
{
    private static readonly Dictionary<string, PlanStep[]> OfSteps = new(StringComparer.Ordinal)
    {
        ["enable_seqscan"] = [PlanStep.SequentialScan],
        ["enable_indexscan"] = [PlanStep.IndexScan, PlanStep.FullIndexScan],
        ["enable_indexonlyscan"] = [PlanStep.IndexOnlyScan],
        ["enable_bitmapscan"] = [PlanStep.BitmapScan],
        ["enable_nestloop"] = [PlanStep.NestedLoop],
        ["enable_hashjoin"] = [PlanStep.HashJoin],
        ["enable_mergejoin"] = [PlanStep.MergeJoin],
        ["enable_sort"] = [PlanStep.Sort],
        ["enable_hashagg"] = [PlanStep.HashAggregate],
        ["enable_material"] = [PlanStep.Materialise],
        ["enable_memoize"] = [PlanStep.Materialise],
        ["max_parallel_workers_per_gather"] = [PlanStep.Parallel],
        ["max_parallel_workers"] = [PlanStep.Parallel],
        ["parallel_setup_cost"] = [PlanStep.Parallel],
        ["parallel_tuple_cost"] = [PlanStep.Parallel],
        ["min_parallel_table_scan_size"] = [PlanStep.Parallel],
        ["min_parallel_index_scan_size"] = [PlanStep.Parallel],
        ["optimizer_switch derived_merge"] = [PlanStep.Materialise],
        ["optimizer_switch materialization"] = [PlanStep.Materialise],
        ["optimizer_switch hash_join"] = [PlanStep.HashJoin],
        ["optimizer_switch block_nested_loop"] = [PlanStep.HashJoin],
        ["optimizer_switch join_cache_hashed"] = [PlanStep.HashJoin],
        ["optimizer_switch index_merge"] = [PlanStep.BitmapScan],
        ["optimizer_switch index_merge_union"] = [PlanStep.BitmapScan],
        ["optimizer_switch index_merge_intersection"] = [PlanStep.BitmapScan],
    };

    private static readonly string[] OfJoins = ["join_collapse_limit", "from_collapse_limit", "geqo", "geqo_threshold", "geqo_effort", "optimizer_search_depth", "optimizer_prune_level"];

    private static readonly string[] OfPlans =
    [
        "random_page_cost", "seq_page_cost", "effective_cache_size", "default_statistics_target", "constraint_exclusion", "plan_cache_mode", "cursor_tuple_fraction",
        "eq_range_index_dive_limit", "use_stat_tables", "innodb_stats_persistent", "innodb_stats_persistent_sample_pages", "innodb_stats_method", "histogram_size", "range_optimizer_max_mem_size", "max_seeks_for_key", "in_predicate_conversion_threshold",
    ];

    private static readonly string[] OfMemory = ["work_mem", "hash_mem_multiplier", "sort_buffer_size", "join_buffer_size", "tmp_table_size", "max_heap_table_size", "temptable_max_ram", "internal_tmp_mem_storage_engine", "read_rnd_buffer_size"];

    private static readonly string[] OfSpeed = ["jit", "jit_above_cost", "shared_buffers", "innodb_buffer_pool_size", "query_cache_type", "query_cache_size", "innodb_adaptive_hash_index", "innodb_flush_method", "io_method", "track_io_timing", "performance_schema"];

    private static readonly string[] OfWrites = ["synchronous_commit", "fsync", "full_page_writes", "wal_sync_method", "wal_level", "innodb_flush_log_at_trx_commit", "sync_binlog", "innodb_doublewrite", "log_bin", "binlog_format"];

    private static readonly string[] OfAnswers =
    [
        "extra_float_digits", "bytea_output", "DateStyle", "IntervalStyle", "TimeZone", "time_zone", "system_time_zone", "lc_collate", "lc_ctype", "lc_numeric", "lc_monetary", "lc_time", "lc_time_names", "div_precision_increment", "group_concat_max_len",
        "collation_server", "collation_database", "collation_connection", "character_set_server", "character_set_database", "standard_conforming_strings", "default_text_search_config", "xmlbinary", "explicit_defaults_for_timestamp", "max_allowed_packet", "auto_increment_increment",
    ];

    private static readonly PlanStep[] NeedMemory = [PlanStep.Sort, PlanStep.HashAggregate, PlanStep.HashJoin, PlanStep.Materialise];

    /// <summary>Whether servers' planners look at it.</summary>
    public static bool IsPlanners(string name) => OfSteps.ContainsKey(name) || OfJoins.Contains(name) || OfPlans.Contains(name) || name.StartsWith("enable_", StringComparison.Ordinal) || name.StartsWith("optimizer_", StringComparison.Ordinal) || name.StartsWith("cpu_", StringComparison.Ordinal);

    /// <summary>How well a setting can explain what became of a shape, 0 to 100.</summary>
    public static int Score(string name, ExplainedShape shape)
    {
        if (shape.HasOtherPlan)
        {
            if (OfSteps.TryGetValue(name, out var steps) && shape.ChangedSteps.Any(steps.Contains))
            {
                return 90;
            }

            if (OfJoins.Contains(name))
            {
                return shape.Tables.Count > 2 && shape.HasOtherJoins ? 85 : 0;
            }

            if (IsPlanners(name))
            {
                return name.StartsWith("optimizer_switch", StringComparison.Ordinal) ? 60 : OfSteps.ContainsKey(name) ? 30 : 50;
            }
        }

        if (OfMemory.Contains(name) && shape.IsSlower && shape.Steps.Any(NeedMemory.Contains))
        {
            return 50;
        }

        if (shape.IsSlower && OfSpeed.Contains(name))
        {
            return 40;
        }

        if (shape is { IsSlower: true, IsWrite: true } && OfWrites.Contains(name))
        {
            return 45;
        }

        var isMode = name.StartsWith("sql_mode", StringComparison.Ordinal);
        return shape.HasNewErrors && isMode ? 80 : shape.HasOtherAnswers && (isMode || OfAnswers.Contains(name)) ? 70 : 0;
    }
}
