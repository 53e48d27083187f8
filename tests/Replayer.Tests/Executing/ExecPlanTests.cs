namespace Replay.Replayer.Tests;

public sealed class ExecPlanTests
{
    [Theory]
    [InlineData("11.8.6-MariaDB-0+deb13u1", "ANALYZE FORMAT=JSON")]
    [InlineData("5.5.5-10.5.23-MariaDB", "ANALYZE FORMAT=JSON")]
    [InlineData("9.7.4", "EXPLAIN ANALYZE")]
    [InlineData("8.0.18-log", "EXPLAIN ANALYZE")]
    [InlineData("8.0.17", "EXPLAIN")]
    [InlineData("5.6.24", "EXPLAIN")]
    [InlineData("a fork", "EXPLAIN")]
    public void EachServerIsAskedForWhatItHas(string version, string expected) => Assert.Equal(expected, ExecPlan.By(version));
}
