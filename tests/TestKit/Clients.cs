namespace Replay.TestKit;

/// <summary>Client programs of others that tests use: where they are, and how to get the ones that are missing.</summary>
public static class Clients
{
    // Those of the kit are fetched by servers.sh; the others are Debian packages that build.sh installs where it may.
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["tcpdump"] = "tcpdump",
        ["tshark"] = "tshark",
        ["php"] = "php-cli php-pgsql php-mysql",
        ["perl"] = "perl libdbd-pg-perl libdbd-mysql-perl libdbd-mariadb-perl",
        ["python3"] = "python3 python3-psycopg python3-psycopg2 python3-pymysql",
        ["node"] = "nodejs npm",
        ["java"] = "default-jre-headless",
        ["javac"] = "default-jdk-headless",
        ["openssl"] = "openssl",
        ["unshare"] = "util-linux",
    };

    /// <summary>Why a program cannot be used; null if it can.</summary>
    public static string? WhyMissing(string name)
    {
        if (Find(name) is not null)
        {
            return null;
        }

        return $"{name} is not installed (apt-get install {Packages.GetValueOrDefault(name, name)})";
    }

    /// <summary>The full path of an installed program; null if there is none of that name.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>PostgreSQL's clients (psql, pg_dump, pg_restore, pg_basebackup) of version 18, which serve all older versions.</summary>
    public static Task<string> PostgresClientAsync(string program) => ServerScript.ToolAsync("pgclient", "18", program);

    /// <summary>pgbench 18.</summary>
    public static Task<string> PgBenchAsync() => ServerScript.ToolAsync("pgbench", "18", "pgbench");

    /// <summary>sysbench 1.</summary>
    public static Task<string> SysBenchAsync() => ServerScript.ToolAsync("sysbench", "1", "sysbench");

    /// <summary>A client of a MySQL or MariaDB server's own version: mariadb, mariadb-dump, mysql, mysqldump.</summary>
    public static Task<string> MySqlClientAsync(ServerKind kind, string program) => ServerScript.ToolAsync(kind.Engine, kind.Major, program);
}
