using Replay.EndToEnd.Tests.Support;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Snapshots;

/// <summary>
/// What hangs on roles is on the target as it was on the captured server, of the same version and of a newer and an older one: ownership, grants,
/// memberships, settings, and what SET SESSION AUTHORIZATION makes of them. And a reset puts all of it back.
/// </summary>
[Collection(SnapshotsCollection.Name)]
public sealed class PostgresRolesTests
{
    private const string Roles = """
        CREATE ROLE shop_owner NOLOGIN CREATEROLE;
        CREATE ROLE readers NOLOGIN;
        CREATE ROLE "Mary O'Neil" LOGIN CONNECTION LIMIT 7 PASSWORD 'hush-hush';
        GRANT readers TO "Mary O'Neil" WITH ADMIN OPTION;
        ALTER ROLE "Mary O'Neil" SET search_path TO "$user", stock, public;
        ALTER ROLE readers SET statement_timeout TO '55s';
        CREATE DATABASE shop OWNER shop_owner;
        CREATE DATABASE archive;
        ALTER DATABASE shop SET work_mem TO '5MB';
        ALTER DATABASE archive SET default_transaction_read_only TO on;
        ALTER ROLE "Mary O'Neil" IN DATABASE shop SET lock_timeout TO '3s';
        REVOKE CONNECT ON DATABASE shop FROM PUBLIC;
        GRANT CONNECT ON DATABASE shop TO readers;
        """;

    private const string Data = """
        CREATE SCHEMA stock AUTHORIZATION shop_owner;
        SET ROLE shop_owner;
        CREATE TABLE stock.item (id serial PRIMARY KEY, v text);
        INSERT INTO stock.item (v) VALUES ('a'), ('b'), ('c');
        GRANT USAGE ON SCHEMA stock TO readers;
        GRANT SELECT ON stock.item TO readers;
        """;

    private const string State = """
        SELECT rolname, rolsuper, rolcreaterole, rolcanlogin, rolconnlimit, rolconfig FROM pg_roles WHERE rolname IN ('shop_owner', 'readers', 'Mary O''Neil') ORDER BY 1;
        SELECT r.rolname, m.rolname, bool_or(a.admin_option) FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member WHERE r.rolname = 'readers' GROUP BY 1, 2;
        SELECT datname, pg_get_userbyid(datdba), (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(datacl) x) FROM pg_database WHERE datname IN ('shop', 'archive') ORDER BY 1;
        SELECT d.datname, r.rolname, s.setconfig FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE d.datname IN ('shop', 'archive') ORDER BY 1, 2;
        """;

    // From 17 on an owner may also MAINTAIN.
    private const string Inside = """
        SELECT nspname, pg_get_userbyid(nspowner), nspacl FROM pg_namespace WHERE nspname = 'stock';
        SELECT relname, pg_get_userbyid(relowner), replace(relacl::text, 'Dxtm', 'Dxt') FROM pg_class WHERE relname IN ('item', 'item_id_seq') ORDER BY 1;
        SELECT last_value, is_called FROM stock.item_id_seq;
        SELECT * FROM stock.item ORDER BY id;
        SET SESSION AUTHORIZATION "Mary O'Neil";
        SELECT count(*), session_user FROM stock.item;
        """;

    [ServerTheory(Live = true)]
    [InlineData("postgres 15", "postgres 18")]
    [InlineData("postgres 18", "postgres 15")]
    public async Task OwnersGrantsAndSettingsAreThereAndAReset(string from, string to)
    {
        var kind = ServerKind.Parse(from);
        await using var source = await TestServer.StartAsync(kind);
        await source.SqlAsync(Roles);
        await source.SqlAsync(Data, "shop");
        using var folder = new TempFolder("roles");
        await using (var capture = await LiveCapture.StartAsync(source, folder.File("w.workload"), "--snapshot", "pg_dump", "--snapshot-url", $"postgres://{TestServer.User}:{TestServer.Password}@127.0.0.1:{source.Port}"))
        {
            await capture.WaitForAsync("snapshot: done", TimeSpan.FromSeconds(60));
            await capture.StopAsync();
        }

        Assert.All(Directory.EnumerateFiles(folder.File("w.workload"), "*", SearchOption.AllDirectories), f => Assert.DoesNotContain("hush-hush", File.ReadAllText(f), StringComparison.Ordinal));
        Assert.DoesNotContain("SCRAM", await File.ReadAllTextAsync(folder.File("w.workload/snapshot/roles.sql")), StringComparison.OrdinalIgnoreCase);
        await using var target = await TestServer.StartAsync(ServerKind.Parse(to));
        var restored = await ReplayRunner.RunAsync(kind, "restore", folder.File("w.workload"), "--target", target.Url());
        Assert.Contains("Mary O'Neil", restored.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not as on the captured server", restored.Error, StringComparison.Ordinal);
        await AssertSameAsync(source, target);

        // What a run does, and more.
        await target.SqlAsync("ALTER DATABASE shop RESET work_mem; REVOKE ALL ON DATABASE shop FROM readers; ALTER DATABASE shop OWNER TO app");
        await target.SqlAsync("INSERT INTO stock.item (v) VALUES ('d'); DELETE FROM stock.item WHERE id = 1", "shop");
        await ReplayRunner.RunAsync(kind, "restore", folder.File("w.workload"), "--target", target.Url(), "--reset");
        await AssertSameAsync(source, target);
    }

    private static async Task AssertSameAsync(TestServer source, TestServer target)
    {
        Assert.Equal(await source.SqlAsync(State), await target.SqlAsync(State));
        Assert.Equal(await source.SqlAsync(Inside, "shop"), await target.SqlAsync(Inside, "shop"));
        Assert.Equal(await source.SqlAsync("SHOW default_transaction_read_only", "archive"), await target.SqlAsync("SHOW default_transaction_read_only", "archive"));
    }
}
