namespace Replay.Replayer;

/// <summary>
/// Of which seekers it is certain which of their candidates is theirs: each has one, no two have the same, and whichever way that is done, these have the same one. As for <c>alldifferent</c>
/// (J.-C. Régin, A filtering algorithm for constraints of difference in CSPs, AAAI 1994): from one way, found by augmenting paths, all others come about by exchanges along circles, or along
/// paths that end at a candidate that is left over. Linear in the pairs once that one way is found.
/// </summary>
internal sealed class CertainPairs
{
    private const int None = -1;

    private readonly IReadOnlyList<int[]> _candidates;
    private readonly int[] _owner;
    private readonly int[] _visited; // by candidate: for which seeker it was last looked at
    private readonly int[] _low;
    private readonly int[] _index;
    private readonly Stack<int> _open = new();
    private int _next = 1;

    /// <summary>Finds them.</summary>
    /// <param name="candidates">For each seeker, its candidates by number.</param>
    /// <param name="count">How many candidates there are in all.</param>
    public CertainPairs(IReadOnlyList<int[]> candidates, int count)
    {
        _candidates = candidates;
        _owner = Filled(count);
        _visited = Filled(count);
        Mate = Filled(candidates.Count);
        Group = new int[candidates.Count];
        IsOpen = new bool[candidates.Count];
        _low = new int[candidates.Count];
        _index = new int[candidates.Count];
        for (var seeker = 0; seeker < candidates.Count; seeker++)
        {
            Augment(seeker);
        }

        for (var seeker = 0; seeker < candidates.Count; seeker++)
        {
            if (_index[seeker] == 0 && Mate[seeker] != None)
            {
                Connect(seeker);
            }
        }

        SpreadMissing();
    }

    /// <summary>For each seeker a candidate, the certain one if there is one; -1: all of its candidates are others'.</summary>
    public int[] Mate { get; }

    /// <summary>Seekers with the same number have their candidates among themselves, if they are not <see cref="IsOpen"/>; nobody else has one of these.</summary>
    public int[] Group { get; }

    /// <summary>Whether its candidates may be nobody's, or somebody's that has none.</summary>
    public bool[] IsOpen { get; }

    /// <summary>The group of the seeker that has a candidate; 0 if nobody has it.</summary>
    public int GroupOf(int candidate) => _owner[candidate] == None ? 0 : Group[_owner[candidate]];

    private static int[] Filled(int count)
    {
        var array = new int[count];
        Array.Fill(array, None);
        return array;
    }

    // A path that alternates between what is and what might be, breadth first: to a candidate that nobody has.
    private void Augment(int seeker)
    {
        var queue = new Queue<int>();
        var from = new Dictionary<int, int>(); // candidate: the seeker that would take it
        queue.Enqueue(seeker);
        while (queue.TryDequeue(out var at))
        {
            foreach (var candidate in _candidates[at])
            {
                if (_visited[candidate] == seeker)
                {
                    continue;
                }

                _visited[candidate] = seeker;
                from[candidate] = at;
                if (_owner[candidate] != None)
                {
                    queue.Enqueue(_owner[candidate]);
                    continue;
                }

                for (var free = candidate; free != None;)
                {
                    var taker = from[free];
                    var left = Mate[taker];
                    (_owner[free], Mate[taker]) = (taker, free);
                    free = left;
                }

                return;
            }
        }
    }

    // Tarjan's strongly connected components, over who might take whose candidate; those that are reached are done before those that reach them.
    private void Connect(int root)
    {
        var path = new Stack<(int Seeker, int Candidate)>();
        Enter(root);
        path.Push((root, 0));
        while (path.TryPop(out var step))
        {
            var (seeker, at) = step;
            var candidates = _candidates[seeker];
            for (; at < candidates.Length; at++)
            {
                var owner = _owner[candidates[at]];
                if (owner == None)
                {
                    IsOpen[seeker] = true;
                }
                else if (_index[owner] == 0)
                {
                    path.Push((seeker, at)); // looked at again once that is done
                    Enter(owner);
                    path.Push((owner, 0));
                    break;
                }
                else if (Group[owner] == 0)
                {
                    _low[seeker] = Math.Min(_low[seeker], _low[owner]);
                }
                else
                {
                    IsOpen[seeker] |= IsOpen[owner];
                }
            }

            if (at == candidates.Length && _low[seeker] == _index[seeker])
            {
                Leave(seeker);
            }
        }
    }

    private void Enter(int seeker)
    {
        _index[seeker] = _low[seeker] = _next++;
        _open.Push(seeker);
    }

    private void Leave(int root)
    {
        var isOpen = false;
        foreach (var member in _open)
        {
            isOpen |= IsOpen[member];
            if (member == root)
            {
                break;
            }
        }

        int seeker;
        do
        {
            seeker = _open.Pop();
            Group[seeker] = _index[root];
            IsOpen[seeker] = isOpen;
        }
        while (seeker != root);
    }

    // One that has none might have another's, and that one one more's.
    private void SpreadMissing()
    {
        var queue = new Queue<int>(Enumerable.Range(0, Mate.Length).Where(s => Mate[s] == None));
        var reached = new HashSet<int>(queue);
        while (queue.TryDequeue(out var seeker))
        {
            IsOpen[seeker] = true;
            foreach (var candidate in _candidates[seeker])
            {
                if (_owner[candidate] is >= 0 and var owner && reached.Add(owner))
                {
                    queue.Enqueue(owner);
                }
            }
        }
    }
}
