namespace Replay.TestKit;

/// <summary>Which server: engine and major version, in the words of servers.sh.</summary>
public readonly record struct ServerKind(string Engine, string Major)
{
    public static readonly ServerKind Postgres10 = new("postgres", "10");
    public static readonly ServerKind Postgres13 = new("postgres", "13");
    public static readonly ServerKind Postgres15 = new("postgres", "15");
    public static readonly ServerKind Postgres17 = new("postgres", "17");
    public static readonly ServerKind Postgres18 = new("postgres", "18");
    public static readonly ServerKind MariaDb105 = new("mariadb", "10.5");
    public static readonly ServerKind MariaDb1011 = new("mariadb", "10.11");
    public static readonly ServerKind MariaDb118 = new("mariadb", "11.8");
    public static readonly ServerKind MySql56 = new("mysql", "5.6");
    public static readonly ServerKind MySql97 = new("mysql", "9.7");

    /// <summary>Whether it speaks PostgreSQL's protocol.</summary>
    public bool IsPostgres => Engine == "postgres";

    /// <summary>The engine in a URL and in <c>--server</c>: <c>postgres</c> or <c>mysql</c>.</summary>
    public string Scheme => IsPostgres ? "postgres" : "mysql";

    /// <summary>Reads <c>postgres 15</c> or <c>postgres-15</c>.</summary>
    public static ServerKind Parse(string text)
    {
        var parts = text.Split([' ', '-'], 2);
        return new ServerKind(parts[0], parts[1]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Engine} {Major}";
}
