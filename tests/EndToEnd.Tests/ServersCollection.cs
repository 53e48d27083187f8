using Replay.TestKit;

namespace Replay.EndToEnd.Tests;

/// <summary>Tests that share real servers; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ServersCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "servers";
}

/// <summary>Tests of snapshots, most of them on servers of their own; they run beside the others.</summary>
[CollectionDefinition(Name)]
public sealed class SnapshotsCollection : ICollectionFixture<ServersFixture>
{
    public const string Name = "snapshots";
}
