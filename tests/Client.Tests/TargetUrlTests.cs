using Replay.Workload;

namespace Replay.Client.Tests;

public class TargetUrlTests
{
    [Fact]
    public void All_parts_are_understood()
    {
        var url = TargetUrl.Parse("postgres://bob%40x:p%3Aw@db.example:6432/my%20shop?sslmode=verify-full&sslrootcert=/ca.pem");
        Assert.Equal((Engine.PostgreSql, "db.example", 6432, "bob@x", "p:w", "my shop"), (url.Engine, url.Host, url.Port, url.User, url.Password, url.Database));
        Assert.Equal((SslMode.VerifyFull, "/ca.pem"), (url.SslMode, url.RootCertificateFile));
    }

    [Theory]
    [InlineData("postgres://h", Engine.PostgreSql, 5432)]
    [InlineData("postgresql://h/", Engine.PostgreSql, 5432)]
    [InlineData("mysql://h", Engine.MySql, 3306)]
    [InlineData("mariadb://[::1]:4000/x", Engine.MySql, 4000)]
    public void Defaults_are_the_engines(string text, Engine engine, int port)
    {
        var url = TargetUrl.Parse(text);
        Assert.Equal((engine, port, SslMode.Prefer, null), (url.Engine, url.Port, url.SslMode, url.Password));
    }

    [Theory]
    [InlineData("postgres://bob:hunter2@h:1/d?sslmode=require", "postgres://bob@h:1/d?sslmode=require")]
    [InlineData("mysql://bob:hunter2@[::1]/d", "mysql://bob@[::1]:3306/d")]
    [InlineData("postgres://bob:hunter2@h:1/d?sslmode=verify-full&sslrootcert=/my%20ca.pem", "postgres://bob@h:1/d?sslmode=verify-full&sslrootcert=%2Fmy%20ca.pem")]
    [InlineData("postgres://bob:hunter2@h:1/d?sslrootcert=/ca.pem", "postgres://bob@h:1/d?sslrootcert=%2Fca.pem")]
    public void The_password_is_never_printed(string text, string printed)
    {
        var url = TargetUrl.Parse(text);
        Assert.Equal(printed, url.ToString());
        Assert.Equal(url with { Password = null }, TargetUrl.Parse(printed));
        Assert.DoesNotContain("hunter2", new ConnectionOptions { Url = url, Password = "hunter2" }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://bob:hunter2@h/")]
    [InlineData("postgres://bob:hunter2@h/d?sslmode=maybe")]
    [InlineData("postgres://bob:hunter2@h/d?colour=red")]
    [InlineData("postgres:///d")]
    public void What_cannot_be_understood_is_one_line_without_the_password(string text)
    {
        var e = Assert.Throws<TargetException>(() => TargetUrl.Parse(text));
        Assert.Equal(TargetErrorCodes.BadUrl, e.Code);
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void A_password_of_the_url_is_for_the_urls_user_only()
    {
        var url = TargetUrl.Parse("postgres://bob:hunter2@h/d");
        Assert.Equal("hunter2", new ConnectionOptions { Url = url }.EffectivePassword);
        Assert.Equal("hunter2", new ConnectionOptions { Url = url, User = "bob" }.EffectivePassword);
        Assert.Null(new ConnectionOptions { Url = url, User = "eve" }.EffectivePassword);
    }
}
