using System.Net;

namespace Replay.Network.Tests;

public sealed class ServerPortsTests
{
    [Theory]
    [InlineData("5432", null, 5432)]
    [InlineData("10.0.0.1:3306", "10.0.0.1", 3306)]
    [InlineData("[2001:db8::1]:5432", "2001:db8::1", 5432)]
    [InlineData("65535", null, 65535)]
    public void AddressesAreRead(string text, string? address, int port)
    {
        Assert.True(ServerAddress.TryParse(text, out var server));
        Assert.Equal(address is null ? null : IPAddress.Parse(address), server.Address);
        Assert.Equal(port, server.Port);
        Assert.Equal(text, server.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("host:5432")]
    [InlineData("10.0.0:5432")]
    [InlineData("1:5432")]
    [InlineData("10.0.0.1:")]
    [InlineData(":5432")]
    [InlineData("fe80::1:5432")]
    [InlineData("[10.0.0.1]:5432")]
    [InlineData("[]:5432")]
    [InlineData("5432x")]
    public void WhatIsNoAddressIsNotRead(string text) => Assert.False(ServerAddress.TryParse(text, out _));

    [Fact]
    public void APortAloneIsAServerAtAnyAddress()
    {
        var ports = new ServerPorts([new(null, 5432), new(IPAddress.Any, 5433)]);
        Assert.True(ports.IsServer(IPAddress.Parse("10.0.0.1"), 5432));
        Assert.True(ports.IsServer(IPAddress.IPv6Loopback, 5433));
        Assert.False(ports.IsServer(IPAddress.Loopback, 5434));
        Assert.False(ports.IsServer(IPAddress.Loopback, 0));
        Assert.False(ports.IsServer(IPAddress.Loopback, 70_000));
    }

    [Fact]
    public void APortWithAnAddressIsAServerThereOnly()
    {
        var ports = new ServerPorts([new(IPAddress.Parse("10.0.0.1"), 5432), new(IPAddress.Parse("2001:db8::1"), 5432)]);
        Assert.True(ports.IsServer(IPAddress.Parse("10.0.0.1"), 5432));
        Assert.True(ports.IsServer(IPAddress.Parse("2001:db8::1"), 5432));
        Assert.False(ports.IsServer(IPAddress.Parse("10.0.0.2"), 5432));
        Assert.False(ports.IsServer(IPAddress.Parse("10.0.0.1"), 5433));
    }

    [Fact]
    public void NoServerAtAllIsRefused() => Assert.Throws<ArgumentException>(() => new ServerPorts([]));

    [Fact]
    public void TheFilterHasPortsFragmentsAndTags()
    {
        var ports = new ServerPorts([new(null, 5432), new(IPAddress.Parse("10.0.0.1"), 3306)]);
        string filter = CaptureFilter.For(ports);
        Assert.Contains("(tcp port 5432) or (tcp port 3306 and host 10.0.0.1)", filter, StringComparison.Ordinal);
        Assert.Contains("vlan", filter, StringComparison.Ordinal);
        Assert.DoesNotContain("vlan", CaptureFilter.For(ports, LinkType.LinuxCooked2), StringComparison.Ordinal);
    }
}
