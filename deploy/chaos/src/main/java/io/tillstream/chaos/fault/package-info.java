/** What is broken, when, and how it is mended again: a plan by the seed, and those who carry it out. */
@NullMarked
package io.tillstream.chaos.fault;

import org.jspecify.annotations.NullMarked;
