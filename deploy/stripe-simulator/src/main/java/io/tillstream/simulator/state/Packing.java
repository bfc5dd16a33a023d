package io.tillstream.simulator.state;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Keeps JSON of one kind small: deflated against samples of the same kind seen before. A hundred thousand payments with
 * their charges and events fit into a small heap only so: most of an object is the names of its fields.
 */
public final class Packing {
    private static final int SAMPLES_PER_LESSON = 3; // enough to hold the usual variants of one kind
    private static final int LONGEST_DICTIONARY = 12 * 1024; // each use of it costs time in proportion
    private static final int[] LESSONS = {1, 40, 1000}; // early for small runs, again when the usual case is known
    private static final int CHUNK = 4096; // an object is 1 to 4 KiB before packing

    private final List<byte[]> dictionaries = new ArrayList<>();
    private final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);
    private final byte[] chunk = new byte[CHUNK];
    private int packed;
    private byte[] recent = new byte[0];

    public synchronized byte[] pack(byte[] plain) {
        learn(plain);
        deflater.reset();
        deflater.setDictionary(dictionaries.get(dictionaries.size() - 1));
        deflater.setInput(plain);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream(CHUNK / 8);
        out.write(dictionaries.size() - 1);
        while (!deflater.finished()) {
            out.write(chunk, 0, deflater.deflate(chunk));
        }
        return out.toByteArray();
    }

    public synchronized byte[] unpack(byte[] packed) {
        inflater.reset();
        inflater.setDictionary(dictionaries.get(packed[0]));
        inflater.setInput(packed, 1, packed.length - 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(CHUNK);
        try {
            while (!inflater.finished()) {
                int length = inflater.inflate(chunk);
                if (length == 0 && inflater.needsInput() && !inflater.finished()) {
                    throw new IllegalStateException("a packed object ends early");
                }
                out.write(chunk, 0, length);
            }
        } catch (DataFormatException e) {
            throw new IllegalStateException("a packed object is broken", e);
        }
        return out.toByteArray();
    }

    /** Everything that was packed is given up: what comes next may look different, and is learned anew. */
    synchronized void forget() {
        dictionaries.clear();
        packed = 0;
        recent = new byte[0];
    }

    /** What it learned so far: whoever keeps what was packed keeps this too. */
    synchronized List<byte[]> learned() {
        return List.copyOf(dictionaries);
    }

    /** Takes back what another process learned, in its order. */
    synchronized void relearn(byte[] dictionary) {
        dictionaries.add(dictionary);
        packed = Math.max(packed, LESSONS[Math.min(dictionaries.size(), LESSONS.length) - 1]);
    }

    private void learn(byte[] plain) {
        packed++;
        for (int lesson : LESSONS) {
            if (packed > lesson - SAMPLES_PER_LESSON && packed <= lesson) {
                recent = joined(recent, plain);
            }
            if (packed == lesson) {
                dictionaries.add(recent);
                recent = new byte[0];
            }
        }
    }

    private static byte[] joined(byte[] samples, byte[] plain) {
        int length = Math.min(samples.length + plain.length, LONGEST_DICTIONARY);
        byte[] joined = new byte[length];
        int fromPlain = Math.min(plain.length, length);
        System.arraycopy(plain, plain.length - fromPlain, joined, length - fromPlain, fromPlain);
        int fromSamples = length - fromPlain;
        System.arraycopy(samples, samples.length - fromSamples, joined, 0, fromSamples);
        return joined;
    }
}
