using Replay.Agent.Recording;
using Replay.Workload;

namespace Replay.Agent.Tests.Recording;

public class ServerSpecTests
{
    [Theory]
    [InlineData("postgres:5432", Engine.PostgreSql, "postgres:5432")]
    [InlineData("postgresql:10.0.0.1:5433", Engine.PostgreSql, "postgres:10.0.0.1:5433")]
    [InlineData("mysql:[2001:db8::1]:3306", Engine.MySql, "mysql:[2001:db8::1]:3306")]
    [InlineData("mariadb:3307", Engine.MySql, "mysql:3307")]
    public void IsRead(string text, Engine engine, string shown)
    {
        Assert.True(ServerSpec.TryParse(text, out var spec, out _));
        Assert.Equal(engine, spec.Engine);
        Assert.Equal(shown, spec.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("5432")]
    [InlineData("postgres")]
    [InlineData("postgres:")]
    [InlineData("postgres:x")]
    [InlineData("postgres:0")]
    [InlineData("postgres:70000")]
    [InlineData("postgres:host:5432")]
    [InlineData("oracle:1521")]
    public void IsRefusedWithAReason(string text)
    {
        Assert.False(ServerSpec.TryParse(text, out _, out var problem));
        Assert.Contains($"--server {text}", problem, StringComparison.Ordinal);
    }
}
