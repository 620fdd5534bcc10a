/**
 * A restricted unpickler: a pickle is a program for a stack machine, and this one can build numbers,
 * strings and containers only. Whatever a pickle wants to import is asked of the caller, who refuses
 * what is not known to be harmless; so no pickle can run code.
 *
 * Source: CPython's Lib/pickletools.py (opcodes) and Lib/pickle.py (`_Unpickler`); protocols 2 to 5
 * without the text opcodes of protocol 0, which torch never wrote.
 */
import { ByteReader } from "./byte_reader.ts";
import { PickleBudget } from "./pickle_budget.ts";
import { PickleError, PickleMachine, type PickleWorld } from "./pickle_machine.ts";

/**
 * Runs the pickle that begins at `offset`.
 *
 * Lists and tuples become arrays, dicts and OrderedDicts Maps, sets Sets, integers numbers or, where
 * those are not exact, bigints. Attributes set on a Map (such as `_metadata`) are dropped.
 *
 * @param budget that several pickles of a file may share; by default, `bytes` are the file
 * @returns the value, and the offset of what follows the pickle
 * @throws {PickleError} for anything refused or damaged, and beyond the budget
 * @throws {EndOfBytes} where the bytes end before the pickle does
 */
export function unpickle(
  bytes: Uint8Array,
  world: PickleWorld,
  offset = 0,
  budget: PickleBudget = new PickleBudget(bytes.length),
): { value: unknown; end: number } {
  const machine = new PickleMachine(new ByteReader(bytes, offset), world, budget);
  for (;;) {
    budget.operation();
    const opcode = machine.reader.uint8();
    if (opcode === STOP) return { value: machine.pop(), end: machine.reader.offset };
    const operation = operations.get(opcode);
    if (!operation) {
      throw new PickleError(`the pickle opcode 0x${opcode.toString(16)} is not one torch writes`);
    }
    operation(machine);
  }
}

const STOP = ".".charCodeAt(0);

/** By opcode; the names are those of pickletools. */
const table: [opcode: string | number, operation: (m: PickleMachine) => void][] = [
  [0x80, (m) => m.reader.skip(1)], // PROTO
  [0x95, (m) => m.reader.skip(8)], // FRAME
  ["(", (m) => m.mark()], // MARK
  ["0", (m) => m.pop()], // POP
  ["1", (m) => m.popMark()], // POP_MARK
  ["2", (m) => m.push(m.top())], // DUP

  ["N", (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  ["J", (m) => m.push(m.reader.int32())], // BININT
  ["K", (m) => m.push(m.reader.uint8())], // BININT1
  ["M", (m) => m.push(m.reader.uint16())], // BININT2
  [0x8a, (m) => m.push(m.reader.integer(m.reader.uint8()))], // LONG1
  [0x8b, (m) => m.push(m.reader.integer(m.reader.uint32()))], // LONG4
  ["G", (m) => m.push(m.reader.bigEndianFloat64())], // BINFLOAT

  ["X", (m) => m.push(m.reader.utf8(m.text(m.reader.uint32())))], // BINUNICODE
  [0x8c, (m) => m.push(m.reader.utf8(m.text(m.reader.uint8())))], // SHORT_BINUNICODE
  [0x8d, (m) => m.push(m.reader.utf8(m.text(m.reader.uint64())))], // BINUNICODE8
  ["T", (m) => m.push(m.reader.latin1(m.text(m.reader.uint32())))], // BINSTRING, Python 2
  ["U", (m) => m.push(m.reader.latin1(m.text(m.reader.uint8())))], // SHORT_BINSTRING, Python 2
  ["B", (m) => m.push(m.reader.bytes(m.text(m.reader.uint32())).slice())], // BINBYTES
  ["C", (m) => m.push(m.reader.bytes(m.text(m.reader.uint8())).slice())], // SHORT_BINBYTES
  [0x8e, (m) => m.push(m.reader.bytes(m.text(m.reader.uint64())).slice())], // BINBYTES8
  [0x96, (m) => m.push(m.reader.bytes(m.text(m.reader.uint64())).slice())], // BYTEARRAY8

  ["]", (m) => m.pushArray([])], // EMPTY_LIST
  ["l", (m) => m.pushArray(m.popMark())], // LIST
  ["a", (m) => m.append(m.popMany(1))], // APPEND
  ["e", (m) => m.append(m.popMark())], // APPENDS
  [")", (m) => m.pushArray([])], // EMPTY_TUPLE
  ["t", (m) => m.pushArray(m.popMark())], // TUPLE
  [0x85, (m) => m.pushArray(m.popMany(1))], // TUPLE1
  [0x86, (m) => m.pushArray(m.popMany(2))], // TUPLE2
  [0x87, (m) => m.pushArray(m.popMany(3))], // TUPLE3
  ["}", (m) => m.pushMap()], // EMPTY_DICT
  ["d", (m) => m.pushMap(m.popMark())], // DICT
  ["s", (m) => m.setItems(m.popMany(2))], // SETITEM
  ["u", (m) => m.setItems(m.popMark())], // SETITEMS
  [0x8f, (m) => m.pushSet()], // EMPTY_SET
  [0x90, (m) => m.add(m.popMark())], // ADDITEMS
  [0x91, (m) => m.pushSet(m.popMark())], // FROZENSET

  [0x94, (m) => m.memoize()], // MEMOIZE
  ["q", (m) => m.memoize(m.reader.uint8())], // BINPUT
  ["r", (m) => m.memoize(m.reader.uint32())], // LONG_BINPUT
  ["h", (m) => m.recall(m.reader.uint8())], // BINGET
  ["j", (m) => m.recall(m.reader.uint32())], // LONG_BINGET

  ["c", (m) => m.push(m.world.global(m.reader.line(), m.reader.line()))], // GLOBAL
  [0x93, (m) => m.global()], // STACK_GLOBAL
  ["Q", (m) => m.push(m.world.persistent(m.pop()))], // BINPERSID
  ["R", (m) => m.call()], // REDUCE
  [0x81, (m) => m.call()], // NEWOBJ
  ["b", (m) => m.build()], // BUILD
];

const operations = new Map(
  table.map(([opcode, operation]) => [
    typeof opcode === "string" ? opcode.charCodeAt(0) : opcode,
    operation,
  ]),
);
