using MathNet.Numerics.Distributions;

namespace Replay.Statistics;

/// <summary>Seeded normal and uniform numbers: xoshiro256++ and Marsaglia's polar method. The same on every machine.</summary>
/// <remarks>Blackman, Vigna, <see href="https://prng.di.unimi.it/"/>; Marsaglia, Bray 1964, <see href="https://doi.org/10.1137/1006063"/>.</remarks>
internal sealed class GaussianNoise
{
    private readonly ulong[] _state = new ulong[4];
    private double _spare = double.NaN;

    public GaussianNoise(int seed)
    {
        // splitmix64 spreads the seed over the state.
        var z = (ulong)(uint)seed;
        for (var i = 0; i < _state.Length; i++)
        {
            z += 0x9E3779B97F4A7C15;
            var mixed = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            _state[i] = mixed ^ (mixed >> 31);
        }
    }

    /// <summary>The value that a normal number stays below with the given probability.</summary>
    public double Quantile(double probability) => probability <= 0 ? double.NegativeInfinity : Normal.InvCDF(0, 1, probability);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUniform()
    {
        var result = ulong.RotateLeft(_state[0] + _state[3], 23) + _state[0];
        var t = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= t;
        _state[3] = ulong.RotateLeft(_state[3], 45);
        return (result >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Normal with mean 0 and deviation 1.</summary>
    public double Next()
    {
        if (!double.IsNaN(_spare))
        {
            var spare = _spare;
            _spare = double.NaN;
            return spare;
        }

        while (true)
        {
            double u = (2 * NextUniform()) - 1, v = (2 * NextUniform()) - 1, square = (u * u) + (v * v);
            if (square is > 0 and < 1)
            {
                var factor = Math.Sqrt(-2 * Math.Log(square) / square);
                _spare = v * factor;
                return u * factor;
            }
        }
    }
}
