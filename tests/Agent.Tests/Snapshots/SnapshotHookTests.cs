using Replay.Agent.Snapshots;

namespace Replay.Agent.Tests.Snapshots;

public class SnapshotHookTests
{
    [Theory]
    [InlineData("/opt/tools/snap.sh --password=secret", "snap.sh")]
    [InlineData("  snap_2-b;echo secret", "snap_2-b")]
    [InlineData("PGPASSWORD=secret pg_dump", "a line of shell")]
    [InlineData("P='a secret' pg_dump", "a line of shell")]
    [InlineData("'my secret'", "a line of shell")]
    [InlineData("(secret)", "a line of shell")]
    public void OnlyTheProgramIsNamed(string command, string name) => Assert.Equal(name, SnapshotHook.Name(command));
}
