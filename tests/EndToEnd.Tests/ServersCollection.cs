using Replay.TestKit;

namespace Replay.EndToEnd.Tests;

/// <summary>
/// Tests of replays that share real servers. Those of one collection run one after the other, beside the other collections: none should take much longer than the others, or all wait for it in the end.
/// </summary>
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

/// <summary>Tests of what a comparison and a confirmation say of real servers.</summary>
[CollectionDefinition(Name)]
public sealed class ComparisonsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "comparisons";
}

/// <summary>Tests of what is played, by the snapshot's cut, selections and checkpoints.</summary>
[CollectionDefinition(Name)]
public sealed class SelectionsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "selections";
}

/// <summary>Tests of guards, long runs, and runs of many parts.</summary>
[CollectionDefinition(Name)]
public sealed class EnduranceCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "endurance";
}

/// <summary>Tests of captures that something ends, and of versions that differ.</summary>
[CollectionDefinition(Name)]
public sealed class CapturesCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "captures";
}
