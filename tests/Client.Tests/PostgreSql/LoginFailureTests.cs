using System.Text;
using System.Net;
using System.Net.Sockets;
using Replay.TestKit.Scripted;
using static Replay.TestKit.Scripted.PostgresWire;

namespace Replay.Client.Tests.PostgreSql;

/// <summary>Each way to fail is one line that says what, and never the password.</summary>
public class LoginFailureTests
{
    [Fact]
    public async Task Nobody_listens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var e = await FailAsync<TargetUnreachableException>($"postgres://bob:hunter2@127.0.0.1:{port}/shop");
        Assert.Contains("cannot be reached", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_login_is_refused()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.ReadStartupAsync();
            await session.SendAsync(Authentication(3));
            await session.ExpectAsync("p");
            await session.SendAsync(Error("28P01", "password authentication failed for user \"bob\"", "FATAL"));
        });
        var e = await FailAsync<TargetLoginException>(server.Url(password: "hunter2"));
        Assert.Equal("28P01", e.Code);
        Assert.Contains("password authentication failed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_wanted_and_there_is_none()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.ReadStartupAsync();
            await session.SendAsync(Authentication(5, new byte[4]));
            await session.WaitForEndAsync();
        });
        var e = await FailAsync<TargetLoginException>($"postgres://bob@127.0.0.1:{server.Port}/shop?sslmode=disable");
        Assert.Contains("none was given", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_authentication_is_named()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.ReadStartupAsync();
            await session.SendAsync(Authentication(7));
            await session.WaitForEndAsync();
        });
        Assert.Contains("kind 7", (await FailAsync<TargetLoginException>(server.Url())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_is_required_and_refused()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.ReadStartupAsync();
            await session.SendAsync("N"u8.ToArray());
            await session.WaitForEndAsync();
        });
        await FailAsync<TargetTlsException>(server.Url(parameters: "?sslmode=require"));
    }

    [Fact]
    public async Task Tls_is_preferred_and_refused()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.ReadStartupAsync();
            await session.SendAsync("N"u8.ToArray());
            await session.LetInAsync();
            await session.WaitForEndAsync();
        });
        var url = TargetUrl.Parse(server.Url(parameters: ""));
        await using var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url });
        Assert.True(connection.IsOpen);
    }

    [Theory]
    [InlineData("S")] // and no handshake follows, as with a server whose versions of TLS are not spoken any more
    [InlineData("E")]
    public async Task Tls_is_preferred_and_fails(string answer)
    {
        var connections = 0;
        await using var server = new ScriptedPostgres(async session =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                await session.ReadStartupAsync();
                await session.SendAsync(Encoding.ASCII.GetBytes(answer));
                return;
            }

            await session.LetInAsync();
            await session.WaitForEndAsync();
        });
        var url = TargetUrl.Parse(server.Url(parameters: ""));
        await using var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url });
        Assert.True(connection.IsOpen);
        Assert.Contains("TLS", connection.TlsProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_come_in_without_tls_only_does()
    {
        var connections = 0;
        await using var server = new ScriptedPostgres(async session =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                await session.ReadStartupAsync();
                await session.SendAsync("N"u8.ToArray());
                await session.ReadStartupAsync();
                await session.SendAsync(Error("28000", "no pg_hba.conf entry for host, SSL encryption", "FATAL"));
                return;
            }

            await session.LetInAsync();
            await session.WaitForEndAsync();
        });
        var url = TargetUrl.Parse(server.Url(parameters: "?sslmode=prefer"));
        await using var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions { Url = url });
        Assert.Contains("pg_hba.conf", connection.TlsProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_said_first_is_told_where_it_lets_nobody_in()
    {
        var connections = 0;
        await using var server = new ScriptedPostgres(async session =>
        {
            var isFirst = Interlocked.Increment(ref connections) == 1;
            await session.ReadStartupAsync();
            if (isFirst)
            {
                await session.SendAsync("N"u8.ToArray());
                await session.ReadStartupAsync();
            }

            await session.SendAsync(Error("28000", isFirst ? "first" : "second", "FATAL"));
        });
        Assert.Contains("first", (await FailAsync<TargetLoginException>(server.Url(parameters: ""))).Message, StringComparison.Ordinal);
        Assert.Equal(2, connections);
    }

    [Fact]
    public async Task Another_protocol_answers()
    {
        await using var server = new ScriptedPostgres(async session =>
        {
            await session.SendAsync("J\0\0\0\n8.0.36\0"u8.ToArray());
            await session.WaitForEndAsync();
        });
        await FailAsync<TargetProtocolException>(server.Url());
        await FailAsync<TargetProtocolException>(server.Url(parameters: ""));
    }

    [Fact]
    public async Task The_server_hangs_up()
    {
        await using var server = new ScriptedPostgres(session => session.ReadStartupAsync());
        await FailAsync<TargetUnreachableException>(server.Url());
    }

    [Fact]
    public async Task The_server_says_nothing()
    {
        await using var server = new ScriptedPostgres(session => session.WaitForEndAsync());
        var url = TargetUrl.Parse(server.Url());
        await using var connection = TargetConnection.Create(url);
        var e = await Assert.ThrowsAsync<TargetUnreachableException>(async () =>
            await connection.OpenAsync(new ConnectionOptions { Url = url, Timeout = TimeSpan.FromMilliseconds(200) }));
        Assert.Contains("did not complete the login", e.Message, StringComparison.Ordinal);
    }

    private static async Task<T> FailAsync<T>(string text)
        where T : TargetException
    {
        var url = TargetUrl.Parse(text);
        await using var connection = TargetConnection.Create(url);
        var e = await Assert.ThrowsAsync<T>(async () => await connection.OpenAsync(new ConnectionOptions { Url = url }));
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Contains("127.0.0.1:", e.Message, StringComparison.Ordinal);
        return e;
    }
}
