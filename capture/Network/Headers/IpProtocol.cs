namespace Replay.Network.Headers;

/// <summary>Protocol and extension header numbers: <see href="https://www.iana.org/assignments/protocol-numbers"/>.</summary>
internal static class IpProtocol
{
    public const byte HopByHopOptions = 0;
    public const byte Tcp = 6;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte Authentication = 51;
    public const byte DestinationOptions = 60;
    public const byte Mobility = 135;
    public const byte HostIdentity = 139;
    public const byte Shim6 = 140;
}
