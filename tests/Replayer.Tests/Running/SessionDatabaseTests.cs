using Replay.Workload;

namespace Replay.Replayer.Tests;

public sealed class SessionDatabaseTests
{
    [Theory]
    [InlineData(Engine.MySql, true, "app", "shop", "shop")]
    [InlineData(Engine.MySql, true, "app", null, "")] // the login named no database: in the URL's, its statements would find tables that they had not found
    [InlineData(Engine.MySql, true, null, null, null)] // the login's packets are missing
    [InlineData(Engine.MySql, false, "app", null, null)]
    [InlineData(Engine.PostgreSql, true, "app", null, null)]
    [InlineData(Engine.PostgreSql, true, "app", "shop", "shop")]
    public void ASessionLogsInToTheDatabaseThatItHadChosen(Engine engine, bool fromStart, string? user, string? captured, string? expected) =>
        Assert.Equal(expected, TargetLinkOpener.DatabaseOf(WorkloadMaker.Session(1) with { Engine = engine, FromStart = fromStart, User = user, Database = captured }));
}
