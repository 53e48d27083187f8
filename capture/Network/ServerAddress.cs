using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Replay.Network;

/// <summary>Where a server listens: <c>5432</c>, <c>10.0.0.1:5432</c> or <c>[2001:db8::1]:5432</c>.</summary>
/// <param name="Address">The address; null for any.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct ServerAddress(IPAddress? Address, int Port)
{
    /// <summary>Reads the text form.</summary>
    /// <returns>False if it is none; a host name is none either.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ServerAddress address)
    {
        address = default;
        int colon = text.LastIndexOf(':');
        var number = text[(colon + 1)..];
        if (!ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return false;
        }

        if (colon < 0)
        {
            address = new ServerAddress(null, port);
            return true;
        }

        if (!TryParseHost(text[..colon], out var host))
        {
            return false;
        }

        address = new ServerAddress(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Address is null ? Port.ToString(CultureInfo.InvariantCulture) : new IPEndPoint(Address, Port).ToString();

    private static bool TryParseHost(ReadOnlySpan<char> host, [NotNullWhen(true)] out IPAddress? address)
    {
        bool isBracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if (!IPAddress.TryParse(isBracketed ? host[1..^1] : host, out address))
        {
            return false;
        }

        // "1" and "0x7f.1" are addresses to the parser but mistakes to a reader; "fe80::1:5432" could be read in two ways.
        return host.Contains(':') ? isBracketed : !isBracketed && host.Count('.') == 3;
    }
}
