package io.tillstream.local;

import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** What {@code ./run} starts: brings everything up, says where it is, and stops it at Ctrl-C or when a part dies. */
public final class Run {
    private final LocalTillstream tillstream;
    private final boolean demo;
    private final AtomicBoolean stopping = new AtomicBoolean();

    private Run(LocalTillstream tillstream, boolean demo) {
        this.tillstream = tillstream;
        this.demo = demo;
    }

    public static void main(String[] args) {
        try {
            CommandLine asked = CommandLine.read(args, System.getenv());
            asked.warnings().forEach(System.err::println);
            LocalTillstream tillstream = new LocalTillstream(asked.settings(), asked.fresh(), true);
            System.exit(new Run(tillstream, asked.demo()).untilTheEnd());
        } catch (LocalFailure failure) {
            System.err.println("Not started: " + failure.getMessage());
            System.exit(1);
        }
    }

    private int untilTheEnd() {
        Thread hook = new Thread(this::stop, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        long begin = System.nanoTime();
        try {
            new StartUp(tillstream, Run::say).run();
        } catch (LocalFailure failure) {
            if (!stopping.get()) {
                System.err.println("Not started: " + failure.getMessage());
            }
            return 1;
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (demo && tillstream.isLive()) {
            System.err.println("No demo: STRIPE_SECRET_KEY is a live one, and its customers would be real.");
        } else if (demo) {
            fillTheShop();
        }
        System.out.println(Welcome.text(tillstream, seconds));
        Part dead = firstToEnd();
        if (!stopping.get()) {
            System.err.println(tillstream.endOf(dead));
        }
        return 1;
    }

    /** Without it the shop is there all the same. */
    private void fillTheShop() {
        try {
            new Demo(tillstream.url(Part.GATEWAY), tillstream::token).run("alice", "bob", Run::say);
        } catch (LocalFailure failure) {
            if (!stopping.get()) {
                System.err.println("The demo ended early: " + failure.getMessage());
            }
        }
    }

    private Part firstToEnd() {
        CompletableFuture<?>[] ends = tillstream.parts().stream()
                .map(part -> tillstream.get(part).process().ended().thenApply(process -> part))
                .toArray(CompletableFuture<?>[]::new);
        return (Part) CompletableFuture.anyOf(ends).join();
    }

    private void stop() {
        if (stopping.compareAndSet(false, true)) {
            System.out.println(
                    "\nStopping (the first time after a build takes longer: each part keeps the classes it loaded)");
            tillstream.close();
            System.out.println(
                    "Stopped; data is kept in " + tillstream.folders().data());
        }
    }

    private static void say(int steps, int all, String words) {
        System.out.println(String.format(Locale.ROOT, "  demo %2d/%d  %s", steps, all, words));
    }

    private static synchronized void say(Part part, double seconds) {
        System.out.println(String.format(Locale.ROOT, "  %-22s ready after %5.1f s", part.label(), seconds));
    }
}
