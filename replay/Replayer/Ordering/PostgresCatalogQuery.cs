namespace Replay.Replayer;

/// <summary>Reads a PostgreSQL database's <see cref="OrderCatalog"/>: one query, versions 10 to 18, whose one value is the catalogue's JSON.</summary>
public static class PostgresCatalogQuery
{
    /// <summary>
    /// The query. Unique indexes with a condition, an expression, a computed column or NULLs that are equal, and exclusion constraints, become keys with
    /// <see cref="CatalogTable.Condition"/>. Rules are taken to touch anything; triggers and functions are not in it, but added by
    /// <see cref="PostgresRoutines"/>. The server's own <c>search_path</c> cannot be read where the login has one of its own: then it is taken to be the default.
    /// </summary>
    public const string Sql =
        """
        WITH relations AS (
          SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'f', 'v', 'm')),
        dependencies AS (
          SELECT DISTINCT r.ev_class AS view, d.refobjid AS used
            FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d
              ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
           WHERE r.rulename = '_RETURN' AND d.refobjid <> r.ev_class)
        SELECT json_build_object(
          'dialect', 'postgreSql',
          'defaultIsolation', CASE current_setting('default_transaction_isolation') WHEN 'repeatable read' THEN 'repeatableRead' WHEN 'serializable' THEN 'serializable' ELSE 'readCommitted' END,
          'searchPath', array_to_json(current_schemas(false)),
          'schemas', (SELECT coalesce(json_agg(n.nspname ORDER BY n.nspname), '[]') FROM pg_catalog.pg_namespace n WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'),
          'pathSettings', (SELECT json_agg(json_build_object('role', p.role, 'value', p.value) ORDER BY p.place) FROM (
            SELECT NULL::name AS role, CASE WHEN g.source IN ('default', 'environment variable', 'configuration file', 'command line', 'global') THEN g.setting ELSE g.boot_val END AS value, 0 AS place
              FROM pg_catalog.pg_settings g WHERE g.name = 'search_path'
            UNION ALL
            SELECT r.rolname, substr(c.setting, strpos(c.setting, '=') + 1), 1 + 2 * (s.setrole <> 0)::int + (s.setdatabase <> 0)::int
              FROM pg_catalog.pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS c(setting) LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
             WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())) AND (s.setrole = 0 OR r.oid IS NOT NULL)
               AND split_part(c.setting, '=', 1) = 'search_path') AS p),
          'tables', (SELECT coalesce(json_agg(json_build_object(
            'schema', t.nspname, 'name', t.relname,
            'columns', (SELECT coalesce(json_agg(json_build_object(
                'name', a.attname,
                'type', CASE WHEN a.atttypid IN (20, 21, 23) THEN 'integer' WHEN a.atttypid = 2950 THEN 'uuid' WHEN a.atttypid = 1082 THEN 'date'
                             WHEN a.atttypid IN (25, 1043) AND coalesce((to_jsonb(k) ->> 'collisdeterministic')::boolean, true) THEN 'text'
                             WHEN y.typname IN ('bpchar', 'citext', 'text', 'varchar') THEN 'foldedText' ELSE 'other' END,
                'isGenerated', a.attidentity <> '' OR coalesce(pg_catalog.pg_get_expr(f.adbin, f.adrelid) ~ 'nextval\(|uuid', false),
                'hasDefault', a.atthasdef,
                'isComputed', coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '',
                'sequence', (SELECT json_build_object('name', format('%I.%I', sn.nspname, s.relname), 'start', q.seqstart, 'increment', q.seqincrement)
                    FROM pg_catalog.pg_sequence q JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
                   WHERE q.seqincrement > 0 AND q.seqcache = 1 AND NOT q.seqcycle AND q.seqrelid IN (
                     SELECT d.refobjid FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND pg_catalog.pg_get_expr(f.adbin, f.adrelid) ~ '^nextval\([^()]*\)$'
                     UNION
                     SELECT d.objid FROM pg_catalog.pg_depend d
                      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                        AND d.refobjid = t.oid AND d.refobjsubid = a.attnum AND d.deptype = 'i')
                   LIMIT 1)) ORDER BY a.attnum), '[]')
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
              LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation
              LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
             WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped),
            'keys', (SELECT coalesce(json_agg(k.columns ORDER BY k.isprimary DESC, k.isplain DESC, k.oid), '[]') FROM (
                SELECT i.indexrelid AS oid, i.indisprimary AS isprimary, x.isplain, CASE WHEN x.isplain THEN (
                    SELECT json_agg(a.attname ORDER BY p.n)
                      FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS p(attnum, n) JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = p.attnum
                     WHERE p.n <= coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts))
                  ELSE (SELECT json_agg(n.name ORDER BY n.place) FROM (
                    SELECT '(condition)'::name AS name, 0 AS place
                    UNION ALL
                    SELECT a.attname, a.attnum FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND (x.iscomputed OR a.attnum = ANY (i.indkey::smallint[]) OR EXISTS (
                       SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
                          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = t.oid AND d.refobjsubid = a.attnum))) AS n) END AS columns
                  FROM pg_catalog.pg_index i
                  CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = t.oid AND a.attnum = ANY (i.indkey::smallint[]) AND coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '') AS iscomputed) AS c
                  CROSS JOIN LATERAL (SELECT c.iscomputed, NOT c.iscomputed AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indisexclusion
                     AND coalesce(to_jsonb(i) ->> 'indnullsnotdistinct', 'false') = 'false' AS isplain) AS x
                 WHERE i.indrelid = t.oid AND (i.indisunique OR i.indisexclusion)) AS k),
            'indexes', (SELECT coalesce(json_agg(c.relname ORDER BY c.relname), '[]') FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid),
            'foreignKeys', (SELECT coalesce(json_agg(json_build_object(
                'columns', (SELECT json_agg(a.attname ORDER BY p.n) FROM unnest(o.conkey) WITH ORDINALITY AS p(attnum, n)
                              JOIN pg_catalog.pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = p.attnum),
                'schema', (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = o.confrelid),
                'table', (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = o.confrelid),
                'references', (SELECT json_agg(a.attname ORDER BY p.n) FROM unnest(o.confkey) WITH ORDINALITY AS p(attnum, n)
                                 JOIN pg_catalog.pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = p.attnum),
                'action', CASE WHEN o.confupdtype IN ('c', 'n', 'd') OR o.confdeltype IN ('c', 'n', 'd') THEN 'cascade' ELSE 'restrict' END)), '[]')
              FROM pg_catalog.pg_constraint o WHERE o.conrelid = t.oid AND o.contype = 'f' AND coalesce(to_jsonb(o) ->> 'conparentid', '0') = '0'),
            'triggers', (SELECT coalesce(json_agg(json_build_object('events', json_build_array(CASE r.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END))), '[]')
              FROM pg_catalog.pg_rewrite r WHERE r.ev_class = t.oid AND r.rulename <> '_RETURN'),
            'partitionOf', (SELECT format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhparent
                              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE h.inhrelid = t.oid AND t.relispartition LIMIT 1),
            'inherits', (SELECT format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class c ON c.oid = h.inhparent
                           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE h.inhrelid = t.oid AND NOT t.relispartition ORDER BY h.inhseqno LIMIT 1))), '[]')
            FROM relations t WHERE t.relkind IN ('r', 'p', 'f')),
          'views', (SELECT coalesce(json_agg(json_build_object('schema', v.nspname, 'name', v.relname, 'tables', (
              WITH RECURSIVE reached(oid) AS (
                SELECT v.oid UNION SELECT d.used FROM reached JOIN dependencies d ON d.view = reached.oid)
              SELECT coalesce(json_agg(format('%s.%s', t.nspname, t.relname)), '[]') FROM reached JOIN relations t ON t.oid = reached.oid AND t.relkind IN ('r', 'p', 'f')),
            'triggers', (
              WITH RECURSIVE reached(oid) AS (
                SELECT v.oid UNION SELECT d.used FROM reached JOIN dependencies d ON d.view = reached.oid)
              SELECT coalesce(json_agg(json_build_object('events', json_build_array(CASE r.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END))), '[]')
                FROM reached JOIN relations t ON t.oid = reached.oid AND t.relkind = 'v' JOIN pg_catalog.pg_rewrite r ON r.ev_class = t.oid AND r.rulename <> '_RETURN'))), '[]')
            FROM relations v WHERE v.relkind IN ('v', 'm')))
        """;
}
