# A guest without an operating system: the first block of its disk, which the BIOS loads and runs. By the BIOS's own NVMe driver it reads the disk's beginning
# without end, and holds it against what it read first. On its serial port it says "ready" when it has read it once, and answers "worked" to each line.
# "differs" and "failed" are its last words.

        .code16
        .equ    COM1, 0x3f8
        .equ    LINE_STATUS, COM1 + 5
        .equ    RECEIVED, 0x01
        .equ    READ_EXTENDED, 0x42
        .equ    FIRST, 0x1000           # segments: what was read first,
        .equ    LATER, 0x2000           # and what was read now
        .equ    BLOCKS, 16
        .equ    WORDS, BLOCKS * 512 / 2

        .globl  _start
_start: xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        cld
        sti
        movb    %dl, drive
        call    read
        movw    $LATER, segment
        movw    $ready, %si
        call    say

again:  call    read
        movw    $FIRST, %ax
        movw    %ax, %ds
        movw    $LATER, %ax
        movw    %ax, %es
        xorw    %si, %si
        xorw    %di, %di
        movw    $WORDS, %cx
        repe cmpsw
        movw    $0, %ax                 # not xor: the flags are still needed
        movw    %ax, %ds
        movw    $differs, %si
        jne     stop

heard:  movw    $LINE_STATUS, %dx
        inb     %dx, %al
        testb   $RECEIVED, %al
        jz      again
        movw    $COM1, %dx
        inb     %dx, %al
        cmpb    $'\n', %al
        jne     heard
        movw    $worked, %si
        call    say
        jmp     again

read:   movb    $READ_EXTENDED, %ah
        movb    drive, %dl
        movw    $packet, %si
        int     $0x13
        movw    $failed, %si
        jc      stop
        ret

stop:   call    say
        cli
        hlt

say:    lodsb
        testb   %al, %al
        jz      said
        movw    $COM1, %dx
        outb    %al, %dx
        jmp     say
said:   ret

drive:  .byte   0
packet: .byte   16, 0
        .word   BLOCKS, 0
segment: .word  FIRST
        .quad   0                       # the first block

ready:  .asciz  "ready\n"
worked: .asciz  "worked\n"
differs: .asciz "differs\n"
failed: .asciz  "failed\n"

        .org    510
        .word   0xaa55
