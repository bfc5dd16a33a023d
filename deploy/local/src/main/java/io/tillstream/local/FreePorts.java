package io.tillstream.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for parts that listen some seconds later. They lie below those that the system gives to whoever connects
 * anywhere, and begin at a random one: until its part listens, each is taken by somebody else only if he asks for it.
 */
final class FreePorts {
    private static final Path EPHEMERAL = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LEAST_EPHEMERAL = 32_768; // where Linux begins; other systems begin higher
    private static final int CONTROLLER = 20_000; // above the usual ports of servers, this launcher's included
    private static final int PARTS = 22_000; // apart: a broker starts when the parts' ports are given out already
    private static final int ENOUGH = 1_000; // to choose from; a system that leaves fewer gives out nearly all it has
    private static final int SLICES = 50; // a process begins in its own: nobody knows what another has given out

    /** Given out by this process: whoever got one may not listen yet. */
    private static final Set<Integer> GIVEN = new HashSet<>();

    private FreePorts() {}

    static List<Integer> forParts(int count) {
        int end = leastEphemeral();
        return within(PARTS, end - PARTS < ENOUGH ? LEAST_EPHEMERAL : end, count);
    }

    static int forController() {
        return within(CONTROLLER, PARTS, 1).get(0);
    }

    private static synchronized List<Integer> within(int from, int to, int count) {
        int width = to - from;
        int slice = Math.max(1, width / SLICES);
        int first = (int) (ProcessHandle.current().pid() % SLICES) * slice
                + ThreadLocalRandom.current().nextInt(slice);
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < width && free.size() < count; i++) {
            int port = from + (first + i) % width;
            if (!GIVEN.contains(port) && isFree(port)) {
                free.add(port);
            }
        }
        if (free.size() < count) {
            throw new LocalFailure("No " + count + " free ports from " + from + " to " + (to - 1));
        }
        GIVEN.addAll(free);
        return free;
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static int leastEphemeral() {
        // In one read: the system tells it once, and its file has no length that would ask for all of it.
        try (BufferedReader range = Files.newBufferedReader(EPHEMERAL)) {
            return Integer.parseInt(range.readLine().strip().split("\\s+", -1)[0]);
        } catch (IOException | NumberFormatException anotherSystem) {
            return LEAST_EPHEMERAL;
        }
    }
}
