using System.Net;
using System.Net.Sockets;

namespace Replay.Network.Tests.Live;

/// <summary>Our own traffic on the loopback interface, sniffed. Needs libpcap and the right to capture.</summary>
public sealed class LivePacketSourceTests
{
    private const int Rounds = 200;

    [LiveFact]
    public void AnEchoOnLoopbackIsSeenCompletelyAndOnce()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var tap = new Tap(null, $"127.0.0.1:{port}");
        using var source = LivePacketSource.Open("lo", new ServerPorts([new ServerAddress(IPAddress.Loopback, port)]));
        Assert.Equal(LinkType.Ethernet, source.LinkType);

        long sent = Echo(listener, port);
        source.Stop();
        while (!source.IsEnded)
        {
            if (source.TryNext(out var packet))
            {
                tap.Feed(packet);
            }
        }

        tap.Finish();
        Assert.Null(source.Problem);
        Assert.Equal(sent, tap.Only.ToServer.Length);
        Assert.Equal(tap.Only.ToServer, tap.Only.ToClient);
        Assert.True(tap.Only.FromStart);
        Assert.Equal(FlowCloseReason.Fin, tap.Only.Reason);
        Assert.Equal(0, tap.Counters.RepeatedBytes);
        Assert.Equal(0, tap.Counters.MissingBytes);
        Assert.Equal(0, source.Counters.DroppedByKernel);
        Assert.Equal(source.Counters.Delivered, tap.Counters.Delivered);
        Assert.InRange(tap.Only.OpenedAtMicroseconds, DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeMilliseconds() * 1000, long.MaxValue);
    }

    [LiveFact]
    public void OnAnyInterfaceTheSecondSightOfAPacketIsARepetition()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var tap = new Tap(null, $"{port}");
        using var source = LivePacketSource.Open("any", new ServerPorts([new ServerAddress(null, port)]));
        Assert.Contains(source.LinkType, new[] { LinkType.LinuxCooked, LinkType.LinuxCooked2 });

        long sent = Echo(listener, port);
        source.Stop();
        while (!source.IsEnded)
        {
            if (source.TryNext(out var packet))
            {
                tap.Feed(packet);
            }
        }

        tap.Finish();
        Assert.Equal(sent, tap.Only.ToServer.Length);
        Assert.Equal(sent, tap.Only.ToClient.Length);
        Assert.Equal(0, tap.Counters.MissingBytes);
    }

    [LiveFact]
    public void WhatIsNotFetchedInTimeIsCountedAsDropped()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var tap = new Tap(null, $"{port}");
        using var source = LivePacketSource.Open("lo", $"tcp port {port}", bufferBytes: 1);

        // The ring is 2 MiB at least; nobody fetches while 16 MB pass.
        long sent = Echo(listener, port, chunk: 40_000);
        source.Stop();
        while (!source.IsEnded)
        {
            if (source.TryNext(out var packet))
            {
                tap.Feed(packet);
            }
        }

        tap.Counters.DroppedByKernel = source.Counters.DroppedByKernel;
        Assert.InRange(source.Counters.DroppedByKernel, 1, long.MaxValue);
        Assert.Equal(tap.Counters.Seen, source.Counters.Delivered + source.Counters.DroppedByKernel);
        Assert.InRange(tap.Only.ToServer.Length, 1, sent);
        tap.Finish();
    }

    [LiveFact]
    public void StopEndsAWaitWithoutPackets()
    {
        using var source = LivePacketSource.Open("lo", "tcp port 1 and tcp port 2");
        Assert.False(source.TryNext(out _));
        Assert.False(source.IsEnded);

        source.Stop();
        while (!source.IsEnded)
        {
            Assert.False(source.TryNext(out _));
        }
    }

    [LiveFact]
    public void AnUnknownInterfaceIsNamedWithThoseThatExist()
    {
        var error = Assert.Throws<LiveCaptureException>(() => LivePacketSource.Open("nosuch0"));
        Assert.Contains("nosuch0", error.Message, StringComparison.Ordinal);
        Assert.Contains("lo", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [LiveFact]
    public void AFilterThatMeansNothingIsRefused()
    {
        var error = Assert.Throws<LiveCaptureException>(() => LivePacketSource.Open("lo", "tcp prot 5432"));
        Assert.Contains("tcp prot 5432", error.Message, StringComparison.Ordinal);
    }

    [LiveTheory]
    [InlineData("lo")]
    [InlineData("any")]
    public void TheFilterForServersIsUnderstood(string name)
    {
        var ports = new ServerPorts([new(null, 5432), new(IPAddress.Parse("10.0.0.1"), 3306), new(IPAddress.IPv6Loopback, 3307)]);
        using var source = LivePacketSource.Open(name, ports);
        Assert.False(source.IsEnded);
    }

    private static long Echo(Socket listener, int port, int chunk = 1_000)
    {
        var echo = Task.Run(async () =>
        {
            using var server = await listener.AcceptAsync();
            var buffer = new byte[65_536];
            int read;
            while ((read = await server.ReceiveAsync(buffer)) > 0)
            {
                await SendAllAsync(server, buffer.AsMemory(0, read));
            }
        });

        long sent = 0;
        using (var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            client.Connect(IPAddress.Loopback, port);
            var buffer = new byte[chunk * 2];
            for (int i = 0; i < Rounds; i++)
            {
                int length = chunk + i;
                buffer.AsSpan(0, length).Fill((byte)i);
                Assert.Equal(length, client.Send(buffer.AsSpan(0, length)));
                sent += length;
                for (int received = 0; received < length;)
                {
                    received += client.Receive(buffer, 0, length - received, SocketFlags.None);
                }
            }

            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, client.Receive(buffer));
        }

        echo.GetAwaiter().GetResult();
        return sent;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }
}
