package io.tillstream.benchmark.load;

import java.io.IOException;

/** An answer came, but not the one that a user needs: it fails the run. */
public final class WrongAnswer extends IOException {
    private static final long serialVersionUID = 1;

    private static final int SHOWN = 300;

    public WrongAnswer(String request, HttpConnection.Answer answer) {
        super(request + " was answered " + answer.status() + ": "
                + answer.body().substring(0, Math.min(SHOWN, answer.body().length())));
    }
}
