using System.Security.Cryptography;
using System.Text;
using Replay.TestKit.Scripted;

namespace Replay.Client.Tests.MySql;

public sealed class MySqlLoginTests
{
    private const string Password = "p4ss-w\u00f6rd";
    private static readonly byte[] Challenge = [.. Enumerable.Range(40, 20).Select(i => (byte)i)];

    [Fact]
    public async Task NativePasswordIsProven()
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities, plugin: "mysql_native_password", challenge: Challenge));
            var login = await session.ReadAsync();
            await session.SendAsync(Holds(login, Native(Challenge)) ? MySqlWire.Ok(2) : MySqlWire.Error(2, 1045, "no", "28000"));
        });

        await using var connection = await OpenAsync(server.Port);
        Assert.Equal(("8.4.0", 77L), (connection.ServerVersion, connection.Facts.ServerConnectionId));
    }

    [Fact]
    public async Task PluginIsSwitchedAndFastProofSuffices()
    {
        byte[] second = [.. Challenge.Reverse()];
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities, plugin: "mysql_native_password", challenge: Challenge));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Packet(2, [0xFE], MySqlWire.Zero("caching_sha2_password"), second, [0]));
            var proof = await session.ReadAsync();
            Assert.Equal(3, proof[3]);
            await session.SendAsync(proof.AsSpan(4).SequenceEqual(Sha2(second)) ? MySqlWire.Join(MySqlWire.Packet(4, [1, 3]), MySqlWire.Ok(5)) : MySqlWire.Error(4, 1045, "no"));
        });

        await using var connection = await OpenAsync(server.Port);
        Assert.Equal("8.4.0", connection.ServerVersion); // the login was accepted
    }

    [Fact]
    public async Task WithoutTlsThePasswordIsEncryptedWithTheServersKey()
    {
        using var key = RSA.Create(2048);
        var received = "";
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities, challenge: Challenge));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Packet(2, [1, 4]));
            var request = await session.ReadAsync();
            Assert.Equal(MySqlWire.Packet(3, [2]), request);
            await session.SendAsync(MySqlWire.Packet(4, [1], Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem())));
            var mixed = key.Decrypt((await session.ReadAsync())[4..], RSAEncryptionPadding.OaepSHA1);
            received = Encoding.UTF8.GetString([.. mixed.Select((b, i) => (byte)(b ^ Challenge[i % Challenge.Length]))]);
            await session.SendAsync(MySqlWire.Ok(6));
        });

        await using var connection = await OpenAsync(server.Port);
        Assert.Equal(Password + "\0", received);
    }

    [Fact]
    public async Task RefusalIsOneLineWithoutThePassword()
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Error(2, 1045, "Access denied for user 'app'", "28000"));
        });

        var problem = await Assert.ThrowsAsync<TargetLoginException>(() => OpenAsync(server.Port));
        Assert.Equal("1045", problem.Code);
        Assert.Contains("Access denied", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public async Task UnknownPluginIsNamed()
    {
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities));
            await session.ReadAsync();
            await session.SendAsync(MySqlWire.Packet(2, [0xFE], MySqlWire.Zero("client_ed25519"), new byte[32]));
        });

        var problem = await Assert.ThrowsAsync<TargetLoginException>(() => OpenAsync(server.Port));
        Assert.Contains("client_ed25519", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePasswordIsNeverSentInTheClear()
    {
        var sent = new List<byte>();
        await using var server = new ScriptedMySqlServer(async session =>
        {
            await session.SendAsync(MySqlWire.Greeting(Capabilities));
            sent.AddRange(await session.ReadAsync());
            await session.SendAsync(MySqlWire.Packet(2, [0xFE], MySqlWire.Zero("mysql_clear_password")));
        });

        var problem = await Assert.ThrowsAsync<TargetLoginException>(() => OpenAsync(server.Port));
        Assert.Contains("without TLS", problem.Message, StringComparison.Ordinal);
        Assert.Equal(-1, sent.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Password)));
    }

    [Fact]
    public async Task WhatIsNoMySqlIsSaid()
    {
        await using var server = new ScriptedMySqlServer(async session => await session.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n")));

        await Assert.ThrowsAsync<TargetProtocolException>(() => OpenAsync(server.Port));
    }

    [Fact]
    public async Task MissingTlsIsSaid()
    {
        await using var server = new ScriptedMySqlServer(async session => await session.SendAsync(MySqlWire.Greeting(Capabilities)));

        await Assert.ThrowsAsync<TargetTlsException>(() => OpenAsync(server.Port, "?sslmode=require"));
    }

    [Fact]
    public async Task TlsThatFailsIsDoneWithoutUnlessTheUrlInsists()
    {
        var connections = 0;
        await using var server = new ScriptedMySqlServer(async session =>
        {
            if (++connections == 2)
            {
                await session.WelcomeAsync(Capabilities | MySqlWire.Ssl);
                return;
            }

            await session.SendAsync(MySqlWire.Greeting(Capabilities | MySqlWire.Ssl));
            await session.ReadAsync(); // the request for TLS, to which the server hangs up
        });

        await using (var connection = await OpenAsync(server.Port))
        {
            Assert.Contains("TLS", connection.TlsProblem, StringComparison.Ordinal);
        }

        Assert.Equal(2, connections);
        await Assert.ThrowsAsync<TargetTlsException>(() => OpenAsync(server.Port, "?sslmode=require"));
    }

    [Fact]
    public async Task TheCapturedSessionsCapabilitiesAreAskedForAgain()
    {
        var welcomed = new TaskCompletionSource<byte[]>(); // the client may be on before the script is
        await using var server = new ScriptedMySqlServer(async session => welcomed.SetResult(await session.WelcomeAsync(Capabilities | MySqlWire.DeprecateEof, mariaDb: 0x0C, version: "11.8.6-MariaDB")));
        var url = Url(server.Port, "");
        await using var connection = TargetConnection.Create(url);
        await connection.OpenAsync(new ConnectionOptions
        {
            Url = url,
            Database = "till",
            MySqlCapabilities = MySqlWire.Basic | MySqlWire.DeprecateEof | MySqlWire.QueryAttributes | (0x1Cul << 32),
            MySqlCollation = 255,
            Parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["program_name"] = "till" },
        });

        var login = await welcomed.Task;
        var asked = BitConverter.ToUInt32(login, 4);
        Assert.Equal(MySqlWire.DeprecateEof, asked & (MySqlWire.DeprecateEof | MySqlWire.QueryAttributes));
        Assert.Equal(0x0Cu, BitConverter.ToUInt32(login, 4 + 28));
        Assert.Equal(45, login[4 + 8]); // this server has no 0900 collations
        Assert.True(Holds(login, MySqlWire.Zero("till")));
        Assert.True(Holds(login, MySqlWire.Text("program_name")));
        Assert.Contains(connection.Differences, d => d.Contains("QueryAttributes", StringComparison.Ordinal) && d.Contains("MariaDbCacheMetadata", StringComparison.Ordinal));
        Assert.Contains(connection.Differences, d => d.Contains("collation 255", StringComparison.Ordinal));
    }

    private static uint Capabilities => MySqlWire.Basic | 0x0020_0000; // CLIENT_PLUGIN_AUTH_LENENC_CLIENT_DATA

    private static TargetUrl Url(int port, string query) => TargetUrl.Parse($"mysql://app:{Uri.EscapeDataString(Password)}@127.0.0.1:{port}/shop{query}");

    private static async Task<TargetConnection> OpenAsync(int port, string query = "")
    {
        var url = Url(port, query);
        var connection = TargetConnection.Create(url);
        try
        {
            await connection.OpenAsync(new ConnectionOptions { Url = url });
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static bool Holds(byte[] packet, byte[] part) => packet.AsSpan().IndexOf(part) >= 0;

    // The formulas of the manual, written out once more.
    private static byte[] Native(byte[] challenge)
    {
#pragma warning disable CA5350
        var once = SHA1.HashData(Encoding.UTF8.GetBytes(Password));
        var mask = SHA1.HashData([.. challenge, .. SHA1.HashData(once)]);
#pragma warning restore CA5350
        return [.. once.Zip(mask, (a, b) => (byte)(a ^ b))];
    }

    private static byte[] Sha2(byte[] challenge)
    {
        var once = SHA256.HashData(Encoding.UTF8.GetBytes(Password));
        var mask = SHA256.HashData([.. SHA256.HashData(once), .. challenge]);
        return [.. once.Zip(mask, (a, b) => (byte)(a ^ b))];
    }
}
