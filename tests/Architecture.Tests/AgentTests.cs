namespace Replay.Architecture.Tests;

/// <summary>The agent lives on production hosts: it contains no code that can log in to a database, or open any connection at all.</summary>
public sealed class AgentTests
{
    private static readonly string[] ConnectingAssemblies =
        ["System.Net.Sockets", "System.Net.Security", "System.Net.Http", "System.Net.Requests", "System.Net.WebClient", "System.Net.WebSockets.Client", "System.Net.Quic", "System.Data.Common", "Npgsql"];

    private static readonly string[] ConnectingFunctions = ["socket", "connect", "sendto", "sendmsg", "PQconnectdb", "mysql_real_connect"];

    [Fact]
    public void TheAgentsClosureHasNoClient() => Rule.Holds(
        "dbcapture or what it refers to uses Replay.Client or dbreplay.",
        from project in House.Closure("dbcapture")
        from reference in project.Facts.Assemblies
        where reference is "Replay.Client" or "dbreplay"
        select $"{project.Assembly} -> {reference}");

    [Fact]
    public void TheAgentsClosureUsesNoTypeThatOpensConnections() => Rule.Holds(
        "dbcapture or what it refers to uses a type that can open a connection. It runs the vendors' own tools where something has to log in.",
        from project in House.Closure("dbcapture")
        from type in project.Facts.TypeAssemblies
        where ConnectingAssemblies.Contains(type[..type.IndexOf(':', StringComparison.Ordinal)]) && !type.EndsWith(".SocketException", StringComparison.Ordinal)
        select $"{project.Assembly}: {type}");

    [Fact]
    public void TheAgentsClosureCallsNoNativeFunctionThatOpensConnections() => Rule.Holds(
        "dbcapture or what it refers to calls a native function that can open a connection.",
        from project in House.Closure("dbcapture")
        from import in project.Facts.Imports
        where ConnectingFunctions.Any(f => import.EndsWith(": " + f, StringComparison.Ordinal))
        select $"{project.Assembly}: {import}");
}
