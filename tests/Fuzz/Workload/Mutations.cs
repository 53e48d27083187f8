namespace Replay.Fuzz.Workload;

/// <summary>Seeded changes of a stretch of bytes: some bits, a byte, a cut, a doubled or a missing stretch, noise.</summary>
internal static class Mutations
{
    public static byte[] Of(byte[] original, Random random)
    {
        var bytes = original.ToArray();
        for (var n = 1 + random.Next(4); n > 0 && bytes.Length > 0; n--)
        {
            var at = random.Next(bytes.Length);
            var length = random.Next(Math.Min(40, bytes.Length - at) + 1);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    break;
                case 3:
                    bytes = bytes[..at];
                    break;
                case 4:
                    bytes = [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
                    break;
                case 5:
                    bytes = [.. bytes[..at], .. bytes[(at + length)..]];
                    break;
                default:
                    random.NextBytes(bytes.AsSpan(at, length));
                    break;
            }
        }

        return bytes;
    }
}
