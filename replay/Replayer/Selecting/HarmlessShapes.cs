using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Shapes that can be left out without anybody missing them: they read, lock no rows, and call nothing but functions that are known to change nothing. One that calls another function may write, as
/// far as its text tells, and is sent.
/// </summary>
public static partial class HarmlessShapes
{
    // Words that stand before a parenthesis and are no functions: keywords, types with a length, and functions of the servers that only read.
    private static readonly FrozenSet<string> Known = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, (
        "all and any array as between by case cast check conflict cross cube distinct else end except exists filter from full group grouping having if in inner intersect interval is isnull join key lateral left like limit materialized natural not notnull "
        + "of offset on only or order outer over partition rollup right row rows select sets set similar some then to union unique using values when where window with within without xor "
        + "bigint binary bit bool boolean bpchar bytea char character date datetime decimal double float float4 float8 inet int int2 int4 int8 integer json jsonb money nchar numeric nvarchar oid real regclass signed smallint text time "
        + "timestamp timestamptz timetz unsigned uuid varbinary varbit varchar varying xml year "
        + "abs acos age any_value array_agg array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions array_prepend array_remove array_replace array_to_json array_to_string array_upper asc ascii asin atan atan2 "
        + "avg bit_and bit_count bit_length bit_or bit_xor bool_and bool_or broadcast btrim cardinality ceil ceiling char_length character_length chr clock_timestamp coalesce coercibility col_description collation concat concat_ws connection_id contains conv convert "
        + "convert_from convert_to convert_tz corr cos cot count covar_pop covar_samp crc32 cume_dist curdate current_catalog current_database current_date current_role current_schema current_schemas current_setting current_time current_timestamp current_user currval curtime database date_add date_bin "
        + "date_format date_part date_sub date_trunc datediff day dayname dayofmonth dayofweek dayofyear decode default degrees dense_rank div elt encode every exp export_set extract extractvalue factorial family field find_in_set first_value floor format format_type found_rows "
        + "from_base64 from_days from_unixtime gcd generate_series generate_subscripts geometry get_bit get_byte get_format greatest group_concat group_indexes has_any_column_privilege has_column_privilege has_database_privilege has_function_privilege has_schema_privilege has_sequence_privilege has_table_privilege hex "
        + "host hour ifnull inet_aton inet_ntoa initcap insert instr isfinite json_agg json_array json_array_elements json_array_elements_text json_array_length json_arrayagg json_build_array json_build_object json_contains json_contains_path json_depth json_each json_each_text json_extract "
        + "json_extract_path json_extract_path_text json_keys json_length json_object json_object_agg json_object_keys json_objectagg json_populate_record json_quote json_search json_table json_to_record json_type json_typeof json_unquote json_valid json_value jsonb_agg jsonb_array_elements "
        + "jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_query jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval lag "
        + "last_day last_insert_id last_value lastval lcase lcm lead least length ln localtime localtimestamp locate log log10 log2 lower lpad ltrim make_date make_interval make_set make_time make_timestamp make_timestamptz makedate maketime masklen match max md5 microsecond mid min minute mod mode month monthname "
        + "name_const netmask network now nth_value ntile nullif num_nonnulls num_nulls numnode obj_description oct octet_length ord overlay parse_ident password percent_rank percentile_cont percentile_disc period_add period_diff pi plainto_tsquery phraseto_tsquery position pow power quarter quote quote_ident quote_literal "
        + "quote_nullable radians rand random rank regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right round row_count row_number row_to_json rpad rtrim schema scale sec_to_time second session_user setweight sha sha1 sha2 "
        + "sha224 sha256 sha384 sha512 shobj_description sign sin space split_part sqrt starts_with statement_timestamp std stddev stddev_pop stddev_samp str_to_date strcmp string_agg string_to_array string_to_table strip strpos subdate adddate addtime subtime substr substring substring_index sum system_user sysdate tan time_format time_to_sec "
        + "timediff timeofday timestampadd timestampdiff to_ascii to_base64 to_char to_date to_days to_hex to_json to_jsonb to_number to_regclass to_regproc to_regtype to_seconds to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim trunc truncate ts_headline ts_rank ts_rank_cd ucase uncompress unhex unistr "
        + "unix_timestamp unnest updatexml upper user utc_date utc_time utc_timestamp uuid_short gen_random_uuid uuidv4 uuidv7 var_pop var_samp variance version week weekday weekofyear weight_string websearch_to_tsquery width_bucket word_similarity similarity xmlagg xmlelement xmlforest xpath yearweek "
        + "pg_backend_pid pg_client_encoding pg_column_size pg_database_size pg_encoding_to_char pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arguments pg_get_function_result pg_get_functiondef pg_get_indexdef pg_get_keywords pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence pg_get_triggerdef "
        + "pg_get_userbyid pg_get_viewdef pg_has_role pg_indexes_size pg_is_in_recovery pg_postmaster_start_time pg_relation_size pg_size_pretty pg_sleep pg_stat_get_activity pg_table_is_visible pg_table_size pg_tablespace_location pg_total_relation_size pg_type_is_visible pg_typeof sleep benchmark")
        .Split(' '));

    /// <summary>By shape's number, whether it is one.</summary>
    public static bool[] Of(IReadOnlyList<Shape> shapes) => [.. shapes.Select(IsHarmless)];

    /// <summary>Whether a shape is one.</summary>
    public static bool IsHarmless(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.Class switch
        {
            "empty" or "cursor" => true,
            "utility" => ShowMark().IsMatch(shape.Text) && !shape.Text.Contains(';', StringComparison.Ordinal),
            "read" => !LockMark().IsMatch(shape.Text) && CallMark().EnumerateMatches(shape.Text) is var calls && AreKnown(shape.Text, calls),
            _ => false,
        };
    }

    private static bool AreKnown(string text, Regex.ValueMatchEnumerator calls)
    {
        var known = Known.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var call in calls)
        {
            if (!known.Contains(text.AsSpan(call.Index, call.Length)))
            {
                return false;
            }
        }

        return true;
    }

    // A quoted name before a parenthesis, or one of a schema but pg_catalog, is somebody's own function.
    [GeneratedRegex(@"(""[^""]*""|`[^`]*`|(?<!\bpg_catalog\s?\.\s?)(?<=\.\s?)[\w$]+|[\w$]+)(?=\s*\()", RegexOptions.CultureInvariant)]
    private static partial Regex CallMark();

    [GeneratedRegex(@"\bfor\s+(no\s+key\s+)?update\b|\bfor\s+(key\s+)?share\b|\block\s+in\s+share\b|\binto\b|:=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LockMark();

    [GeneratedRegex(@"^(show|describe|desc|help|checksum|explain(?!\s*\(?\s*(analyze|analyse)\b))\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ShowMark();
}
