using System.Collections.Concurrent;
using Replay.TestKit;

namespace Replay.EndToEnd.Tests.Drivers;

/// <summary>The client programs in TestKit/clients: each runs a fixed script by a driver of others and prints what came of it.</summary>
internal static class ClientProgram
{
    private const string DebianJars = "/usr/share/java";
    private static readonly ConcurrentDictionary<(string Engine, string Driver), string?> Missing = new();
    private static readonly ConcurrentDictionary<string, Task<string>> Classes = new(StringComparer.Ordinal);

    /// <summary>Why a driver cannot be used on this machine; null if it can.</summary>
    public static string? WhyMissing(string engine, string driver) => Missing.GetOrAdd((engine, driver), key => Probe(key.Engine, key.Driver));

    /// <summary>Runs a driver's script, or another one that is written for it, on an empty database; returns its ground truth.</summary>
    public static async Task<GroundTruth> RunAsync(TestServer server, string driver, string database, string? script = null)
    {
        if (driver == "npgsql")
        {
            return await NpgsqlClient.RunAsync(server, database);
        }

        var command = await CommandAsync(server.Kind, driver, script);
        string[] where = ["127.0.0.1", $"{server.Port}", TestServer.User, TestServer.Password, database];
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["PGSSLMODE"] = "disable", ["NODE_PATH"] = driver == "node" ? await NodePathAsync() : null };
        var result = (await ProcessRunner.RunAsync(command[0], [.. command[1..], .. where], new ProcessOptions { Environment = environment })).Expect();
        return GroundTruth.Parse(result.Output);
    }

    private static async Task<string[]> CommandAsync(ServerKind kind, string driver, string? script)
    {
        string Script(string name) => RepositoryFolder.Path("tests", "TestKit", "clients", kind.Scheme, name);
        return driver switch
        {
            "php" => ["php", "-d", "mysqli.allow_local_infile=1", Script("php.php")],
            "perl" => ["perl", Script("perl.pl")],
            "python" => ["/usr/bin/python3", Script(script ?? "python.py")],
            "java" => ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-cp", $"{Jar(kind.Scheme)}:{await Classes.GetOrAdd(kind.Scheme, CompileAsync)}", "Jdbc"],
            "node" => ["node", Script("node.cjs")],
            "psql" => [Script("psql.sh"), await Clients.PostgresClientAsync("psql")],
            "cli" => [Script("cli.sh"), await Clients.MySqlClientAsync(kind, kind.Engine == "mysql" ? "mysql" : "mariadb")],
            _ => throw new ArgumentOutOfRangeException(nameof(driver), driver, "no such client"),
        };
    }

    // Two files, which 'java Jdbc.java' takes from version 22 on only. Once for all servers of an engine.
    private static async Task<string> CompileAsync(string engine)
    {
        var classes = new TempFolder("classes").Path;
        var clients = RepositoryFolder.Path("tests", "TestKit", "clients");
        (await ProcessRunner.RunAsync("javac", ["-encoding", "UTF-8", "-d", classes, "-cp", Jar(engine), Path.Combine(clients, "Truth.java"), Path.Combine(clients, engine, "Jdbc.java")])).Expect();
        return classes;
    }

    private static string Jar(string engine) => Path.Combine(DebianJars, engine == "postgres" ? "postgresql.jar" : "mariadb-java-client.jar");

    private static async Task<string> NodePathAsync() => (await ServerScript.RunAsync("node-clients")).Output.Trim();

    private static string? Probe(string engine, string driver)
    {
        var isPostgres = engine == "postgres";
        return driver switch
        {
            "php" => Clients.WhyMissing("php") ?? Try("php-pgsql php-mysql", "php", "-r", $"exit(extension_loaded('{(isPostgres ? "pdo_pgsql" : "pdo_mysql")}') ? 0 : 1);"),
            "perl" => Clients.WhyMissing("perl") ?? Try("libdbd-pg-perl libdbd-mysql-perl libdbd-mariadb-perl", "perl", isPostgres ? "-MDBD::Pg" : "-MDBD::mysql", isPostgres ? "-MDBI" : "-MDBD::MariaDB", "-e", "1"),
            "python" => File.Exists("/usr/bin/python3")
                ? Try("python3-psycopg python3-psycopg2 python3-pymysql", "/usr/bin/python3", "-c", isPostgres ? "import psycopg, psycopg2" : "import pymysql")
                : "there is no /usr/bin/python3 (apt-get install python3)",
            "java" => Clients.WhyMissing("javac") ?? (File.Exists(Jar(engine)) ? null : $"{Jar(engine)} is not there (apt-get install libpostgresql-jdbc-java libmariadb-java)"),
            "node" => Clients.WhyMissing("node") ?? Clients.WhyMissing("npm"),
            _ => null,
        };
    }

    private static string? Try(string packages, string program, params string[] arguments)
    {
        var result = ProcessRunner.RunAsync(program, arguments).GetAwaiter().GetResult();
        return result.ExitCode == 0 ? null : $"{program} has no driver for it (apt-get install {packages})";
    }
}

/// <summary>A driver on a kind of server as a theory's row; skipped, with the reason, where the driver is missing.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class DriverDataAttribute : Xunit.Sdk.DataAttribute
{
    private readonly string _kind;
    private readonly string _driver;

    /// <summary>A kind of server as in servers.sh, and the client's name.</summary>
    public DriverDataAttribute(string kind, string driver)
    {
        (_kind, _driver) = (kind, driver);
        Skip = ClientProgram.WhyMissing(ServerKind.Parse(kind).Scheme, driver);
    }

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) => [[_kind, _driver]];
}
