using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Support;

/// <summary>The vendor's own dump and load programs, found by PATH as on a user's machine.</summary>
internal static class VendorTools
{
    /// <summary>A PATH that begins with the programs for this kind of server.</summary>
    public static async Task<string> PathAsync(ServerKind kind)
    {
        var program = kind.Engine switch
        {
            "postgres" => await Clients.PostgresClientAsync("pg_dump"),
            "mysql" when kind == ServerKind.MySql56 => await Clients.MySqlClientAsync(ServerKind.MariaDb105, "mariadb-dump"), // its package has no clients
            "mysql" => await Clients.MySqlClientAsync(kind, "mysqldump"),
            _ => await Clients.MySqlClientAsync(kind, "mariadb-dump"),
        };
        return $"{Path.GetDirectoryName(program)}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    /// <summary>The word for <c>--snapshot</c>.</summary>
    public static string SnapshotTool(ServerKind kind) =>
        kind.IsPostgres ? "pg_dump" : kind.Engine == "mysql" && kind != ServerKind.MySql56 ? "mysqldump" : "mariadb-dump";
}
