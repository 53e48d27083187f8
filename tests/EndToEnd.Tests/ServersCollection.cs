using Replay.TestKit;

namespace Replay.EndToEnd.Tests;

/// <summary>Tests of replays that share real servers; those of one collection run one after the other, beside the other collections: the longest of these is the least time that all take.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "servers";
}

/// <summary>Tests of captures, and of order and values derived from them, on shared servers.</summary>
[CollectionDefinition(Name)]
public sealed class TrafficCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "traffic";
}

/// <summary>Tests of snapshots, most of them on servers of their own; they run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class SnapshotsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "snapshots";
}

/// <summary>Tests of what is played, when and how.</summary>
[CollectionDefinition(Name)]
public sealed class KnobsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "knobs";
}

/// <summary>Tests of logins and encryption.</summary>
[CollectionDefinition(Name)]
public sealed class LoginsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "logins";
}

/// <summary>Tests of captures of many clients.</summary>
[CollectionDefinition(Name)]
public sealed class ClientsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "clients";
}
