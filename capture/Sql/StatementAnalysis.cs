namespace Replay.Sql;

/// <summary>What the words of a text say of it: class, flags, and which names stand for nothing that lasts. Fed token by token, in one pass.</summary>
internal struct StatementAnalysis(SqlDialect dialect)
{
    private Keyword _verb;
    private Keyword _last; // the token before this one, if it was a word
    private StatementClass _class;
    private int _words;
    private bool _hasTokens;
    private bool _locks; // FOR or LOCK IN came just before
    private bool _mayCarrySecret;
    private bool _isRoutine;
    private bool _inBody;

    /// <summary>Flags of all statements so far.</summary>
    public StatementFlags Flags { get; set; }

    /// <summary>Statements ended so far.</summary>
    public int Statements { get; private set; }

    /// <summary>The class of the list; final after <see cref="EndStatement"/>.</summary>
    public StatementClass Class { get; private set; }

    /// <summary>Whether string literals from here to the statement's end may be passwords.</summary>
    public bool InSecret { get; private set; }

    /// <summary>Whether the next name stands for something of the session only: a cursor, a savepoint, a prepared statement.</summary>
    public bool ExpectsName { get; private set; }

    /// <summary>Whether the statement is FETCH or MOVE, whose last word is a cursor's name.</summary>
    public readonly bool EndsInCursorName => _verb is Keyword.Fetch or Keyword.Move && _words > 1 && _last != Keyword.All;

    /// <summary>A token that is no word.</summary>
    public void Other()
    {
        _hasTokens = true;
        _last = Keyword.None;
        ExpectsName = false;
    }

    /// <summary>An opening parenthesis.</summary>
    public void Open()
    {
        Flags |= StatementVerbs.FlagOf(_last);
        Other();
    }

    /// <summary>A quoted name.</summary>
    public void QuotedName()
    {
        Other();
        _words++;
    }

    /// <summary>Whether a word in this place is a name for which <see cref="ExpectsName"/> waits.</summary>
    public readonly bool IsExpectedName(Keyword keyword) => ExpectsName
        && keyword is not (Keyword.Savepoint or Keyword.Prepare or Keyword.To or Keyword.Work or Keyword.Transaction or Keyword.All);

    /// <summary>A word; <paramref name="previous"/> is the kind of the token before it, <paramref name="depth"/> the open parentheses.</summary>
    public void Word(Keyword keyword, TokenKind previous, int depth)
    {
        _hasTokens = true;
        if (_words++ == 0)
        {
            _verb = _last = keyword;
            _class = StatementVerbs.ClassOf(keyword);
            ExpectsName = keyword is Keyword.Savepoint or Keyword.Release or Keyword.Prepare or Keyword.Deallocate or Keyword.Declare or Keyword.Close;
            _mayCarrySecret = keyword is Keyword.Grant or Keyword.Change or Keyword.Start;
            return;
        }

        if (keyword <= Keyword.Expression)
        {
            _last = keyword;
            ExpectsName = _locks = false;
            return;
        }

        Names(keyword);
        Reads(keyword, depth);
        Rest(keyword, previous, depth);
        _last = keyword;
    }

    /// <summary>A semicolon, or the end of the text. Within the body of a routine it ends nothing, unless <paramref name="atEnd"/>.</summary>
    public void EndStatement(bool atEnd)
    {
        _last = Keyword.None;
        if (!_hasTokens || (_inBody && !atEnd))
        {
            return;
        }

        Statements++;
        var statementClass = _words == 0 ? StatementClass.Unknown : _class;
        Class = statementClass > Class ? statementClass : Class;
        _verb = Keyword.None;
        _words = 0;
        _hasTokens = _locks = _mayCarrySecret = _isRoutine = InSecret = ExpectsName = false;
    }

    private void Names(Keyword keyword)
    {
        ExpectsName = (ExpectsName && keyword is not Keyword.All && !IsExpectedName(keyword))
            || (keyword == Keyword.To && _verb == Keyword.Rollback)
            || (keyword == Keyword.Prepare && _verb == Keyword.Drop && _words == 2)
            || (keyword == Keyword.Of && _last == Keyword.Current);
    }

    private void Reads(Keyword keyword, int depth)
    {
        switch (keyword)
        {
            case Keyword.By when _last == Keyword.Order && depth == 0:
                Flags |= StatementFlags.OrderBy;
                break;
            case Keyword.Limit when depth == 0:
            case Keyword.First or Keyword.Next when _last == Keyword.Fetch && depth == 0 && _verb != Keyword.Fetch:
                Flags |= StatementFlags.Limit;
                break;
            case Keyword.Returning:
                Flags |= StatementFlags.Returning;
                break;
            case Keyword.Update or Keyword.Share when _locks:
                Flags |= StatementFlags.LockingRead;
                break;
            case Keyword.NoWait:
            case Keyword.Locked when _last == Keyword.Skip:
                Flags |= StatementFlags.SkipsLocks;
                break;
            case Keyword.ClockWord:
                Flags |= StatementFlags.ReadsClock;
                break;
        }

        _locks = keyword == Keyword.For || (keyword == Keyword.In && _last == Keyword.Lock) || (_locks && keyword is Keyword.No or Keyword.Key);
    }

    private void Rest(Keyword keyword, TokenKind previous, int depth)
    {
        switch (keyword)
        {
            case Keyword.Insert or Keyword.Update or Keyword.Delete or Keyword.Merge
                when _verb == Keyword.With && previous is TokenKind.Open or TokenKind.Close:
                _class = StatementClass.Write;
                break;
            case Keyword.Into when _verb == Keyword.Select && depth == 0 && dialect == SqlDialect.PostgreSql:
                _class = StatementClass.Ddl;
                break;
            case Keyword.OutFile when _last == Keyword.Into:
                _class = StatementClass.Write;
                break;
            case Keyword.Transaction when _verb == Keyword.Start && _words == 2:
                _class = StatementClass.Transaction;
                break;
            case Keyword.Body when _verb is Keyword.Create or Keyword.Alter:
                _isRoutine = true;
                break;
            case Keyword.Begin when _isRoutine && dialect == SqlDialect.MySql:
            case Keyword.Atomic when _isRoutine && _last == Keyword.Begin:
                _inBody = true;
                break;
            case Keyword.Not when _verb == Keyword.Begin && _words == 2:
                _inBody = true; // MariaDB's BEGIN NOT ATOMIC
                _class = StatementClass.Call;
                break;
            case Keyword.SecretObject when _verb is Keyword.Create or Keyword.Alter && _words <= 4: // CREATE OR REPLACE USER
                _mayCarrySecret = true;
                break;
            case Keyword.Secret when _mayCarrySecret || (_verb == Keyword.Set && _words == 2):
                InSecret = true;
                break;
        }
    }
}
