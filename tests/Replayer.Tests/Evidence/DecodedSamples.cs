namespace Replay.Replayer.Tests.Evidence;

/// <summary>What pg_recvlogical wrote of a real server.</summary>
internal static class DecodedSamples
{
    /// <summary>
    /// PostgreSQL 18.4 with <c>timezone = Asia/Kolkata</c>: all kinds of columns, a value left in TOAST, keys that change, tables without a key and with all of the row as identity, TRUNCATE, messages, what was prepared and
    /// committed, a savepoint that was gone back to, DDL. Left out is one transaction with a value of 96 KB.
    /// </summary>
    public const string Postgres18 = """
        BEGIN 766
        table public.t: INSERT: id[integer]:1 n[bigint]:-5 s[text]:'it''s
        BEGIN 9' b[bit varying]:B'101' "Odd ""name"": x"[character varying]:null flag[boolean]:true tags[text[]]:'{a,"b c",d''e}' kind["S 1"."a]b:c"]:'it''s' p[public.pair]:'(1,"x)y")' d[public."Pos"]:'3' f[double precision]:NaN num[numeric]:10.50 ts[timestamp with time zone]:'2026-05-01 15:30:00+05:30' raw[bytea]:'\x00ff27' j[jsonb]:'{"a": "b\nc"}' c[character]:'ab   ' fixed[bit]:B'010' u[uuid]:'0d9d3f0e-7c53-4a63-8d5c-7f1c3c0bb3e1' iv[interval]:'1 day' "order"[integer]:7 r[int4range]:'[1,5)' q[integer[]]:'{{1,2},{3,4}}'
        COMMIT 766 (at 2026-11-22 00:30:46.19425+05:30)
        BEGIN 768
        table public.t: UPDATE: id[integer]:1 n[bigint]:6 s[text]:unchanged-toast-datum b[bit varying]:B'101' "Odd ""name"": x"[character varying]:null flag[boolean]:true tags[text[]]:'{a,"b c",d''e}' kind["S 1"."a]b:c"]:'it''s' p[public.pair]:'(1,"x)y")' d[public."Pos"]:'3' f[double precision]:NaN num[numeric]:10.50 ts[timestamp with time zone]:'2026-05-01 15:30:00+05:30' raw[bytea]:'\x00ff27' j[jsonb]:'{"a": "b\nc"}' c[character]:'ab   ' fixed[bit]:B'010' u[uuid]:'0d9d3f0e-7c53-4a63-8d5c-7f1c3c0bb3e1' iv[interval]:'1 day' "order"[integer]:7 r[int4range]:'[1,5)' q[integer[]]:'{{1,2},{3,4}}'
        COMMIT 768 (at 2026-11-22 00:30:46.235211+05:30)
        BEGIN 769
        table "S 1"."T.2": INSERT: id[integer]:1 v[text]:'v'
        table "S 1"."T.2": UPDATE: old-key: id[integer]:1 new-tuple: id[integer]:2 v[text]:'v'
        table "S 1"."T.2": DELETE: id[integer]:2
        table public.nokey: INSERT: v[text]:'a'
        table public.nokey: UPDATE: v[text]:'b'
        table public.nokey: DELETE: (no-tuple-data)
        table public.fullid: INSERT: id[integer]:1 v[text]:'a'
        table public.fullid: UPDATE: old-key: id[integer]:1 v[text]:'a' new-tuple: id[integer]:1 v[text]:'b'
        table public.fullid: DELETE: id[integer]:1 v[text]:'b'
        table public.a: INSERT: id[integer]:1
        table public."b,c": INSERT: id[integer]:1
        table public.a, public."b,c": TRUNCATE: restart_seqs cascade
        message: transactional: 1 prefix: p, sz: 17 content:COMMIT 752
        'it's"
        COMMIT 769 (at 2026-11-22 00:30:46.264145+05:30)
        message: transactional: 0 prefix: , sz: 0 content:
        BEGIN 770
        table public.a: TRUNCATE: (no-flags)
        COMMIT 770 (at 2026-11-22 00:30:46.27019+05:30)
        BEGIN 771
        table public.a: INSERT: id[integer]:2
        COMMIT 771 (at 2026-11-22 00:30:46.275474+05:30)
        BEGIN 772
        table public.a: INSERT: id[integer]:3
        table public.a: INSERT: id[integer]:5
        COMMIT 772 (at 2026-11-22 00:30:46.280878+05:30)
        BEGIN 776
        COMMIT 776 (at 2026-11-22 00:30:46.28896+05:30)
        BEGIN 777
        COMMIT 777 (at 2026-11-22 00:30:46.292421+05:30)

        """;
}
