namespace Replay.Workload.Tests;

public sealed class ServerVersionTests
{
    [Theory]
    [InlineData(Engine.PostgreSql, "18.1 (Debian 18.1-1.pgdg13+2)", false, "18.1", "PostgreSQL 18.1 (Debian 18.1-1.pgdg13+2)")]
    [InlineData(Engine.PostgreSql, "10.23", false, "10.23", "PostgreSQL 10.23")]
    [InlineData(Engine.PostgreSql, "19beta1", false, "19.0", "PostgreSQL 19beta1")]
    [InlineData(Engine.MySql, "9.7.0", false, "9.7.0", "MySQL 9.7.0")]
    [InlineData(Engine.MySql, "8.0.36-0ubuntu0.22.04.1", false, "8.0.36", "MySQL 8.0.36-0ubuntu0.22.04.1")]
    [InlineData(Engine.MySql, "5.5.5-10.11.18-MariaDB-0+deb12u1", true, "10.11.18", "MariaDB 10.11.18")]
    [InlineData(Engine.MySql, "11.8.6-mariadb", true, "11.8.6", "MariaDB 11.8.6")]
    [InlineData(Engine.MySql, "5.5.5-MariaDB", true, "5.5.5", "MariaDB 5.5.5")] // one of its own first versions, not the prefix
    [InlineData(Engine.Unknown, "10.5.29-MariaDB", true, "10.5.29", "MariaDB 10.5.29")]
    [InlineData(Engine.MySql, "", false, "0.0", "MySQL")]
    [InlineData(Engine.MySql, null, false, "0.0", "MySQL")]
    [InlineData(Engine.MySql, "99999999999.1", false, "0.0", "MySQL 99999999999.1")]
    [InlineData(Engine.PostgreSql, "16.2 of MariaDB", false, "16.2", "PostgreSQL 16.2 of MariaDB")]
    public void AVersionIsToldApart(Engine engine, string? text, bool isMariaDb, string number, string name)
    {
        var version = ServerVersion.Of(engine, text);
        Assert.Equal((isMariaDb, number, name, text ?? ""), (version.IsMariaDb, $"{version.Number}", version.Name, version.Text));
        Assert.Equal(string.Join('.', number.Split('.').Take(2)), version.Series);
    }
}
